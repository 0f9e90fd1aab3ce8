/**
 * Why: what this device is, for the people who look after it. A process of its own (dist/inventory.cjs), run at start and once
 * a night, because systeminformation spawns shells and keeps 8 MB that the agent would never give back.
 */
import { cpu, osInfo, system } from 'systeminformation';
import { type Described, factsOf, joined } from './inventory-facts.ts';

/** Asks systeminformation, by shells and dmidecode; null where it fails, since the files say most. */
async function describe(): Promise<Described | null> {
  try {
    const [machine, os, processor] = await Promise.all([system(), osInfo(), cpu()]);
    return {
      manufacturer: machine.manufacturer,
      model: machine.model,
      distro: os.distro,
      release: os.release,
      cpu: joined(processor.manufacturer, processor.brand),
    };
  } catch {
    return null;
  }
}

async function main(): Promise<void> {
  process.stdout.write(`${JSON.stringify(factsOf('/', await describe()))}\n`);
}

main().catch(() => {
  process.exitCode = 1;
});
