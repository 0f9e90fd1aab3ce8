/** Why: flash wears out. A day without the server is played through the real spool, and what reaches the block device is counted. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { silentLogger } from '#lib/logger';
import { openSpool } from '../../../agent/spool.ts';

export interface FlashCost {
  mbPerDay: number;
  how: string;
}

/** `frames` are played in turn, one per 5 minutes of one day. Null where no file system can be mounted. */
export async function flashOfAnOfflineDay(frames: readonly Uint8Array[]): Promise<FlashCost | null> {
  const folder = mkdtempSync(join(tmpdir(), 'carrel-flash-'));
  const device = mountLoop(folder);
  if (device === null) {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  try {
    const before = sectorsWritten(device);
    await playDay(join(folder, 'mnt', 'spool'), frames);
    execFileSync('sync', ['-f', join(folder, 'mnt')]);
    return {
      mbPerDay: ((sectorsWritten(device) - before) * 512) / 1e6,
      how: `288 frames through the spool on ext4, bytes at ${device}`,
    };
  } finally {
    execFileSync('umount', [join(folder, 'mnt')]);
    execFileSync('losetup', ['-d', device]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function playDay(dir: string, frames: readonly Uint8Array[]): Promise<void> {
  let monoMs = 0;
  const spool = await openSpool({
    dir,
    capBytes: 4 * 1024 * 1024,
    monoMs: () => monoMs,
    log: silentLogger,
    onMore() {},
  });
  spool.offline();
  for (let seq = 0; seq < 288; seq++) {
    monoMs += 300_000;
    const bytes = frames[seq % frames.length];
    if (bytes) spool.add({ run: 'bench', seq, bytes, event: false });
    await turn();
    if (seq % 2 === 1) await delay(15); // real writes need real time; ext4 commits by itself every 5 s, as it would in 24 h
  }
  await spool.close();
}

function mountLoop(folder: string): string | null {
  const image = join(folder, 'disk.img');
  writeFileSync(image, '');
  truncateSync(image, 64 * 1024 * 1024);
  mkdirSync(join(folder, 'mnt'));
  try {
    execFileSync('mkfs.ext4', ['-q', '-F', image], { stdio: 'ignore' });
    const device = execFileSync('losetup', ['-f', '--show', image], { encoding: 'utf8' }).trim();
    execFileSync('mount', ['-o', 'noatime', device, join(folder, 'mnt')], { stdio: 'ignore' });
    // mkfs leaves the tables to a thread that fills them after the mount; that is not the spool's work.
    execFileSync('sync', ['-f', join(folder, 'mnt')]);
    return device;
  } catch {
    return null; // no root, no loop device, no mkfs.ext4
  }
}

function sectorsWritten(device: string): number {
  return Number(
    readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
      .trim()
      .split(/\s+/)[6],
  );
}
