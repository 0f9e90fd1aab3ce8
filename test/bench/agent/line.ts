/** Why: each measured agent has a line of its own, so that the kernel's counters of that line are what this one agent costs. */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createLab, labUnavailable } from '../../support/netns.ts';
import { startResolver } from './resolver.ts';
import { type Sink, startSink } from './sink.ts';

export interface Line {
  readonly sink: Sink;
  readonly place: string;
  /** For CARREL_AGENT_ROOT. */
  readonly root: string;
  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** IP-layer bytes that the line has carried, both ways, whatever they were for; null on loopback. */
  ipBytes(): number | null;
  close(): Promise<void>;
}

/** A veth pair with a broker, an internet target and a resolver at its other end; loopback without root. `folder` is made. */
export async function openLine(folder: string): Promise<Line> {
  if (labUnavailable) {
    const sink = await startSink('127.0.0.1');
    return { sink, place: 'over loopback', root: '/', spawn, ipBytes: () => null, close: sink.close };
  }
  const lab = await createLab();
  const sink = await startSink(lab.serverAddress);
  const resolver = await startResolver(lab.serverAddress, folder);
  const counter = (name: string): number =>
    Number(readFileSync(`/sys/class/net/${lab.serverIface}/statistics/${name}`, 'utf8'));
  return {
    sink,
    place: 'over a veth',
    root: resolver.root,
    spawn: lab.spawnInProbe,
    ipBytes: () => counter('rx_bytes') + counter('tx_bytes') - 14 * (counter('rx_packets') + counter('tx_packets')),
    async close() {
      await sink.close();
      resolver.close();
      await lab.close();
    },
  };
}
