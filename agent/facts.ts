/** Why: what this device is changes seldom. It is told at the start (from files) and each night (by the inventory, a process of its own). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject, parseJson } from '#contract';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Capability, InventoryFacts } from './sensor.ts';
import { AGENT_VERSION } from './version.ts';

/** Model and system from a handful of files; empty where they do not say. */
export function readIdentity(root: string): { model: string; os: string } {
  const text = (path: string): string => {
    try {
      return readFileSync(join(root, path), 'utf8').replace(/\0/g, '').trim();
    } catch {
      return '';
    }
  };
  // OpenWrt, device tree (Raspberry Pi), PC.
  const model = text('tmp/sysinfo/model') || text('proc/device-tree/model') || text('sys/class/dmi/id/product_name');
  const os = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text('etc/os-release'))?.[1] ?? '';
  return { model: model.slice(0, 128), os: os.slice(0, 128) };
}

const INVENTORY_MS = 60_000;

/** Runs the inventory and answers with its facts; none where it is not installed or fails. */
export async function runInventory(file: string | null, log: Logger): Promise<InventoryFacts> {
  if (file === null) return {};
  const { execFile } = await import('node:child_process');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [file],
      { timeout: INVENTORY_MS, maxBuffer: 256 * 1024, env: { PATH: process.env['PATH'], LANG: 'C' } },
      (error, stdout) => {
        const value = error ? undefined : parseJson(stdout, 2);
        if (!isObject(value)) {
          log.warn(
            { code: 'INVENTORY_FAILED', file, error: error ? messageOf(error) : 'no JSON object on its output' },
            'no inventory this time',
          );
          return resolve({});
        }
        resolve(
          Object.fromEntries(
            Object.entries(value).flatMap(([key, fact]) =>
              typeof fact === 'string' && fact !== '' ? [[key, fact.slice(0, 160)]] : [],
            ),
          ),
        );
      },
    );
  });
}

/** Facts of the inventory event: what the inventory found, what runs, and what each sensor can do here. */
export function inventoryFacts(
  found: InventoryFacts,
  root: string,
  capabilities: ReadonlyMap<string, Capability>,
): Record<string, string> {
  const { model, os } = readIdentity(root);
  const facts: Record<string, string> = {
    ...(model && { model }),
    ...(os && { os }),
    ...found,
    agent: AGENT_VERSION,
    node: process.version,
  };
  for (const [name, capability] of capabilities)
    facts[`capability.${name}`] = capability.available ? 'available' : `not available: ${capability.why}`.slice(0, 160);
  return facts;
}
