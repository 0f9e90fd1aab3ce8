/** Why: who is associated with which band, from whatever this system offers. Addresses stay in memory and go no further than the counting. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, type JsonObject, numberIn, own, textIn } from '#contract';
import { isCarrelError } from '#lib/errors';
import { readText } from '../platform/kept-file.ts';
import { connectUbus, type Ubus } from '../platform/ubus.ts';

export type Band = '2g' | '5g' | '6g';
/** One radio that serves visitors, and the devices on it. */
export interface Radio {
  /** Null where the source does not tell. */
  readonly band: Band | null;
  readonly macs: readonly string[];
}
export interface StationSource {
  /** The radios now; empty where none is up. May reject: then nothing is known. */
  read(): Promise<Radio[]>;
  close(): void;
}

/** Centre frequencies, MHz: 2.4 GHz ends at 2484, 6 GHz begins at 5935 (channel 2; Wi-Fi 6E). */
export function bandOf(mhz: number): Band | null {
  if (mhz >= 2400 && mhz < 2500) return '2g';
  if (mhz >= 4900 && mhz < 5925) return '5g';
  return mhz >= 5925 && mhz < 7200 ? '6g' : null;
}

/** OpenWrt: `hostapd.*` objects, or `iwinfo` where hostapd offers none. Null where there is no ubus. */
export async function openUbusStations(root: string): Promise<StationSource | null> {
  const path = join(root, 'var/run/ubus/ubus.sock');
  let ubus: Ubus;
  let closed = false;
  try {
    ubus = await connectUbus(path);
  } catch {
    return null;
  }
  const ask = async (): Promise<Radio[]> => {
    const objects = (await ubus.lookup('hostapd.*')).filter((name) => name !== 'hostapd.*');
    return objects.length > 0 ? hostapdRadios(ubus, objects) : iwinfoRadios(ubus);
  };
  return {
    async read() {
      try {
        return await ask();
      } catch (error) {
        if (closed || !isCarrelError(error, 'UBUS_CLOSED')) throw error;
        ubus = await connectUbus(path); // ubusd restarted
        return ask();
      }
    },
    close() {
      closed = true;
      ubus.close();
    },
  };
}

async function hostapdRadios(ubus: Ubus, objects: readonly string[]): Promise<Radio[]> {
  const radios: Radio[] = [];
  for (const object of objects) {
    const answer = await answerOf(ubus, object, 'get_clients');
    if (answer) radios.push(hostapdRadio(answer));
  }
  return radios;
}

/** `{"freq":2437,"clients":{"MAC":{"auth":true,"assoc":true,"authorized":true,...}}}`; a device that is not let in yet is no visitor. */
export function hostapdRadio(answer: JsonObject): Radio {
  const clients = own(answer, 'clients');
  const entries = isObject(clients) ? Object.entries(clients) : [];
  const letIn = entries.filter(
    ([, client]) => isObject(client) && isSet(client, 'assoc') && isSet(client, 'authorized'),
  );
  return { band: bandOf(numberIn(answer, 'freq', 0, 1e6) ?? 0), macs: letIn.map(([mac]) => mac.toLowerCase()) };
}

/** blobmsg sends booleans as 0 and 1. An older hostapd leaves flags out: what it does not say is taken as given. */
function isSet(client: JsonObject, flag: string): boolean {
  const value = own(client, flag);
  return value === undefined || value === true || value === 1;
}

async function iwinfoRadios(ubus: Ubus): Promise<Radio[]> {
  const devices = own((await answerOf(ubus, 'iwinfo', 'devices')) ?? {}, 'devices');
  const radios: Radio[] = [];
  for (const device of Array.isArray(devices) ? devices : []) {
    const info = await answerOf(ubus, 'iwinfo', 'info', { device });
    if (!info || textIn(info, 'mode', 32) !== 'Master' || own(info, 'channel') === undefined) continue; // without a channel it is not up
    const stations = own((await answerOf(ubus, 'iwinfo', 'assoclist', { device })) ?? {}, 'results');
    const macs = (Array.isArray(stations) ? stations : []).flatMap((station: unknown) =>
      isObject(station) && isSet(station, 'authorized') ? (textIn(station, 'mac', 17) ?? []) : [],
    );
    radios.push({ band: bandOf(numberIn(info, 'frequency', 0, 1e6) ?? 0), macs: macs.map((mac) => mac.toLowerCase()) });
  }
  return radios;
}

/** Null where the object or method is not there, or not for this user: another source may know. */
async function answerOf(ubus: Ubus, object: string, method: string, args: JsonObject = {}): Promise<JsonObject | null> {
  try {
    return await ubus.invoke(object, method, args);
  } catch (error) {
    if (isCarrelError(error, 'UBUS_REFUSED')) return null;
    throw error;
  }
}

/**
 * Plain Linux: hostapd's configuration names the radios and their bands, the kernel lists their stations (mac80211 in
 * debugfs, root only). hostapd's own control socket speaks in datagrams, which Node cannot. Null where either is missing.
 */
export function openHostapdStations(root: string): StationSource | null {
  const radios = hostapdConfigs(root);
  if (radios.length === 0 || radios.every(({ iface }) => stationFolder(root, iface) === null)) return null;
  return {
    async read() {
      return radios.flatMap(({ iface, band }) => {
        const folder = stationFolder(root, iface);
        return folder === null ? [] : [{ band, macs: entriesOf(folder).map((mac) => mac.toLowerCase()) }];
      });
    },
    close() {},
  };
}

function hostapdConfigs(root: string): { iface: string; band: Band | null }[] {
  const folders = ['etc/hostapd', 'var/run'].map((folder) => join(root, folder));
  const files = folders.flatMap((folder) =>
    entriesOf(folder)
      .filter((name) => /^hostapd.*\.conf$/.test(name))
      .map((name) => join(folder, name)),
  );
  return files.flatMap((file) => {
    const text = readText(file) ?? '';
    const value = (key: string): string | undefined => new RegExp(`^${key}=(\\S+)`, 'm').exec(text)?.[1];
    const operatingClass = Number(value('op_class') ?? 0);
    const band =
      operatingClass >= 131 && operatingClass <= 137
        ? '6g'
        : value('hw_mode') === 'a'
          ? '5g'
          : value('hw_mode') === 'g' || value('hw_mode') === 'b'
            ? '2g'
            : null;
    return [...text.matchAll(/^(?:interface|bss)=(\S+)/gm)].map((match) => ({ iface: match[1] ?? '', band }));
  });
}

function stationFolder(root: string, iface: string): string | null {
  const phys = join(root, 'sys/kernel/debug/ieee80211');
  for (const phy of entriesOf(phys)) {
    const folder = join(phys, phy, `netdev:${iface}`, 'stations');
    if (entriesOf(join(phys, phy)).includes(`netdev:${iface}`)) return folder;
  }
  return null;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
