/** Why: publishers with a ledger. What the broker acknowledged is written down here, to be held against what the stores hold. */
import mqtt, { type MqttClient } from 'mqtt';
import { encodeFrame, type Frame, type ProbeCredential, topicOf } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import type { RunningServer } from './server.ts';

export interface LedgerEntry {
  probe: string;
  run: string;
  seq: number;
  t_s: number;
}

/** Creates site, access point and probe with one id; answers with the credential. */
export async function createProbe(server: RunningServer, id: string, extra: object = {}): Promise<ProbeCredential> {
  const always = Array.from({ length: 7 }, () => [[0, 1440]]);
  // The clock of Vilnius in a country whose holidays are not known: it is open on 24 December too.
  await server.api('POST', '/sites', {
    id,
    name: `Library ${id}`,
    zone: 'Europe/Helsinki',
    opening: always,
    region: 'Utena',
    isp: 'Test ISP',
    ...extra,
  });
  return server.api('POST', '/probes', { id, access_point: id });
}

/** A connection as the probe; resolves when the broker has accepted it. */
export function connectProbe(url: string, id: string, token: string, extra: object = {}): Promise<MqttClient> {
  const { hostname, port, protocol } = new URL(url);
  return mqtt.connectAsync({
    host: hostname,
    port: Number(port),
    protocol: protocol === 'mqtts:' ? 'mqtts' : 'mqtt',
    clientId: id,
    username: id,
    password: token,
    protocolVersion: 4,
    clean: true,
    queueQoSZero: false,
    reconnectPeriod: 0,
    ...extra,
  });
}

/** One frame with one sample at `t_s`; its cpu_pct tells the sequence number. */
export function frameAt(run: string, seq: number, t_s: number): Frame {
  return {
    v: 1,
    boot: `boot-${run}`,
    run,
    seq,
    wall: t_s * 1000,
    mono: t_s,
    sync: 1,
    t: [t_s],
    m: { cpu_pct: [seq % 100], uptime_s: [seq] },
    e: [],
  };
}

/** Publishes frames one after another until `signal` aborts or the connection ends; every PUBACK goes into `ledger`. */
export async function publishUntil(
  client: MqttClient,
  probe: string,
  run: string,
  startS: number,
  ledger: LedgerEntry[],
  signal: AbortSignal,
): Promise<void> {
  // mqtt.js keeps waiting for a PUBACK that can no longer come: the end of the connection is what ends the wait.
  const cut = new Promise<false>((resolve) => client.once('close', () => resolve(false)));
  for (let seq = 0; !signal.aborted; seq++) {
    const t_s = startS + seq;
    const sent = client.publishAsync(
      topicOf(probe, 'frames'),
      Buffer.from(encodeFrame(frameAt(run, seq, t_s), nodeRawDeflate)),
      { qos: 1 },
    );
    const acknowledged = await Promise.race([
      sent.then(
        () => true,
        () => false,
      ),
      cut,
    ]);
    if (!acknowledged) return; // what is not in the ledger was never promised
    ledger.push({ probe, run, seq, t_s });
  }
}
