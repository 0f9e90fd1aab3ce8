/** Why: the disk under the real server fills up. It promises nothing while it is full, says so, and goes on by itself. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { connectProbe, createProbe, type LedgerEntry, publishUntil } from '../support/fleet.ts';
import { startServer, until } from '../support/server.ts';
import { against, caughtUp, type KillReport, rowsIn } from './server-kills.ts';

export interface FullDiskReport extends Omit<KillReport, 'kills'> {
  /** Acknowledged before, and after there was room again. */
  before: number;
  after: number;
}

/** Needs root: the disk is a tmpfs of 64 MiB on `mountPoint`, which is made and removed. */
export async function fillDisk(mountPoint: string): Promise<FullDiskReport> {
  mkdirSync(mountPoint, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', mountPoint]);
  try {
    return await overTheBrim(mountPoint);
  } finally {
    execFileSync('umount', ['-l', mountPoint]);
    rmdirSync(mountPoint);
  }
}

async function overTheBrim(disk: string): Promise<FullDiskReport> {
  const server = await startServer(join(disk, 'data'), { CARREL_LOG: 'error' });
  const ledger: LedgerEntry[] = [];
  const ballast = join(disk, 'ballast');
  const enough = new AbortController();
  try {
    const { token } = await createProbe(server, 'probe-0');
    const client = await connectProbe(server.mqtt, 'probe-0', token);
    const baseS = Math.floor(Date.now() / 1000) - 86_400;
    const publishing = publishUntil(client, 'probe-0', 'run-0', baseS, ledger, enough.signal);
    await until(() => ledger.length > 80, 20_000);
    const refill = setInterval(() => fill(ballast), 20); // whatever becomes free
    await until(
      async () => (await fetch(`${server.http}/readyz`)).status === 503,
      20_000,
      () => server.output(),
    );
    clearInterval(refill);
    const before = ledger.length;
    rmSync(ballast);
    await until(
      () => ledger.length > before + 80,
      30_000,
      () => server.output(),
    );
    await until(
      async () => (await fetch(`${server.http}/readyz`)).status === 200,
      30_000,
      () => server.output(),
    );
    enough.abort();
    await publishing;
    client.end(true);
    await until(
      () => caughtUp(server),
      60_000,
      () => server.output(),
    );
    await server.stop();
    return { before, after: ledger.length - before, ...against(ledger, rowsIn(join(disk, 'data', 'series'))) };
  } finally {
    enough.abort();
    if (server.process.exitCode === null) await server.kill();
  }
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let bytes = 1024 * 1024; bytes >= 512; ) {
      const written = tryWrite(file, bytes);
      if (written < bytes) bytes /= 2;
    }
  } finally {
    closeSync(file);
  }
}

function tryWrite(file: number, bytes: number): number {
  try {
    return writeSync(file, Buffer.alloc(bytes));
  } catch {
    return 0; // ENOSPC is what is wanted
  }
}
