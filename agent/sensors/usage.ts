/**
 * Why: how much an access point is used, in counts and nothing else. No address, name or network of a visitor leaves this file:
 * what it returns are numbers.
 */
import { join } from 'node:path';
import { localTime, type MetricName } from '#contract';
import { readText } from '../platform/kept-file.ts';
import { type Lease, parseLeases } from '../platform/leases.ts';
import type { Capability, Reading, Sensor, SensorContext } from '../sensor.ts';
import { createDistinctDevices } from './distinct-devices.ts';
import { type Band, openHostapdStations, openUbusStations, type Radio, type StationSource } from './stations.ts';

const METRICS: readonly MetricName[] = ['clients', 'clients_2g', 'clients_5g', 'clients_6g', 'leases', 'devices_day'];
const LEASE_FILES = ['tmp/dhcp.leases', 'var/lib/misc/dnsmasq.leases', 'var/lib/dnsmasq/dnsmasq.leases'];
/** Before this the clock has not been set since the device was made, and no lease can be told to have expired. */
const PLAUSIBLE_MS = Date.UTC(2024, 0, 1);

export function createUsageSensor(context: Pick<SensorContext, 'root' | 'clock' | 'zone'>): Sensor {
  const { root, clock, zone } = context;
  const devices = createDistinctDevices();
  let stations: StationSource | null = null;

  return {
    name: 'usage',
    metrics: METRICS,
    async probe(): Promise<Capability> {
      stations?.close();
      stations = (await openUbusStations(root)) ?? openHostapdStations(root);
      if (stations || readLeases(root)) return { available: true };
      return {
        available: false,
        why: 'no ubus, no hostapd and no dnsmasq leases: this device serves no visitors itself',
      };
    },
    async read(): Promise<Reading> {
      const radios = stations ? await stations.read() : null;
      const leases = activeLeases(readLeases(root), clock.wallMs());
      // Leases outlive their devices by hours, so that they stand in for the radios only where there are none to ask.
      const present = radios ? radios.flatMap(({ macs }) => macs) : leases?.map(({ mac }) => mac);
      if (present) devices.see(localTime(zone(), clock.wallMs()).dayNumber, present);
      return { ...clientCounts(radios), leases: leases?.length ?? null, devices_day: present ? devices.count() : null };
    },
    stop() {
      stations?.close();
    },
  };
}

/** Null where no lease file exists. */
function readLeases(root: string): Lease[] | null {
  for (const file of LEASE_FILES) {
    const text = readText(join(root, file));
    if (text !== null) return parseLeases(text);
  }
  return null;
}

function activeLeases(leases: readonly Lease[] | null, nowMs: number): readonly Lease[] | null {
  return leases && nowMs >= PLAUSIBLE_MS ? leases.filter(({ expiresMs }) => expiresMs > nowMs) : null;
}

/** A device counts once, however many networks of one radio it shows up on. A band without a radio is unknown, not empty. */
export function clientCounts(radios: readonly Radio[] | null): Reading {
  const distinct = (of: readonly Radio[]): number | null =>
    of.length === 0 ? null : new Set(of.flatMap(({ macs }) => macs)).size;
  const inBand = (band: Band): number | null => distinct((radios ?? []).filter((radio) => radio.band === band));
  return {
    clients: distinct(radios ?? []),
    clients_2g: inBand('2g'),
    clients_5g: inBand('5g'),
    clients_6g: inBand('6g'),
  };
}
