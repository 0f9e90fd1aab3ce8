/** Why: a verdict is held against what the lab says the line is. So the lab's line is held against plain traffic first. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Link, type LinkOptions, openLink } from '../../infra/lab/link.ts';
import { readLabOptions } from '../../infra/lab/main.ts';
import { buildLabTools, type LabTools, labProblem } from '../../infra/lab/tools.ts';

interface Received {
  packets: number;
  highest: number;
  seconds: number;
  /** Lowest, median, highest. */
  delayMs: [number, number, number];
  /** By 100 ms. */
  mbps: number[];
}
const problem = labProblem();
const mean = (of: readonly number[]): number => of.reduce((sum, one) => sum + one, 0) / of.length;

describe.skipIf(problem)(`emulated links${problem ? ` (${problem.code})` : ''}`, () => {
  let tools: LabTools;
  let link: Link | undefined;
  beforeAll(async () => {
    tools = await buildLabTools();
  });
  afterEach(async () => {
    await link?.close();
    link = undefined;
  });
  const open = async (options: LinkOptions): Promise<Link> => {
    link = await openLink(options);
    return link;
  };

  /** Plain UDP over the line, and what came out of it. */
  async function carry(over: Link, mbps: number, seconds: number, packetBytes = 1500): Promise<Received> {
    const sink = over.spawn('probe', tools.traffic, ['sink', '9000', '0.3'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = linesOf(sink);
    await lines.next();
    const send = ['send', over.addresses.probe, '9000', `${mbps}`, `${packetBytes}`, `${seconds}`];
    over.spawn('server', tools.traffic, send, { stdio: 'ignore' });
    return JSON.parse((await lines.next()).value ?? '') as Received;
  }

  test('an overloaded line carries its rate, and delays by its length and its queue', async () => {
    const { seconds, delayMs, mbps } = await carry(
      await open({ down: { rateMbps: 30, delayMs: 25, bufferMs: 60 } }),
      36,
      1,
    );
    expect(seconds).toBeGreaterThan(0.9);
    const settled = mbps.slice(1);
    expect(mean(settled)).toBeGreaterThan(29.7);
    expect(mean(settled)).toBeLessThan(30.3);
    expect(delayMs[0]).toBeGreaterThan(25);
    expect(delayMs[0]).toBeLessThan(27);
    expect(delayMs[2]).toBeGreaterThan(25 + 58);
    expect(delayMs[2]).toBeLessThan(25 + 60 + 6);
  });

  test('a line with room delays by its length only, and loses by chance as it is told', async () => {
    const line = await open({ down: { rateMbps: 100, delayMs: 10, lossPct: 1, seed: 7 } });
    const { packets, highest, delayMs } = await carry(line, 20, 1.5, 250);
    expect(highest).toBeGreaterThan(14_000);
    const lossPct = (100 * (highest + 1 - packets)) / (highest + 1);
    expect(lossPct).toBeGreaterThan(0.75); // three standard errors of 15,000 packets
    expect(lossPct).toBeLessThan(1.25);
    expect(delayMs[1]).toBeGreaterThan(10);
    expect(delayMs[1]).toBeLessThan(12);
    const { down } = await line.counters();
    expect(down.dropped).toBe(0);
    expect(down.inPackets).toBe(down.outPackets + down.lost);
  });

  test('what the queue cannot hold is dropped at its end, and every packet is counted once', async () => {
    const line = await open({ down: { rateMbps: 10, bufferMs: 40 } });
    const { packets, mbps } = await carry(line, 20, 1);
    const { down } = await line.counters();
    expect(down.dropped).toBeGreaterThan(700); // half of 1,667, less what the queue held
    expect(down.dropped).toBeLessThan(850);
    expect(down.outPackets).toBe(packets);
    expect(down.inPackets).toBe(down.outPackets + down.dropped);
    expect(mean(mbps.slice(0, 9))).toBeCloseTo(10, 0);
  });

  test('a bucket goes at its peak until it is empty, then at the rate', async () => {
    const burst = { bytes: 2e6, peakMbps: 80 };
    const { mbps } = await carry(await open({ down: { rateMbps: 20, burst, bufferMs: 10 } }), 100, 0.8);
    // 2 MB drain at 80 - 20 Mb/s: 267 ms.
    expect(mean(mbps.slice(0, 2))).toBeGreaterThan(78);
    expect(mean(mbps.slice(4, 8))).toBeGreaterThan(19);
    expect(mean(mbps.slice(4, 8))).toBeLessThan(21);
  });

  test('capacity noise has the mean, the spread and the correlation that were asked for, and the traffic follows it', async () => {
    const noise = { sigma: 0.1, correlation: 0.5 };
    const line = await open({ down: { rateMbps: 30, noise, seed: 3 } });
    const drawn = await line.draws('down', 100_000);
    expect(drawn.mean).toBeCloseTo(1, 2);
    expect(drawn.sigma).toBeCloseTo(0.1, 2);
    expect(drawn.correlation).toBeCloseTo(0.5, 1);
    const { mbps } = await carry(line, 50, 1.5);
    const off = mbps.slice(1).map((one) => Math.abs(one / 30 - 1));
    expect(Math.max(...off)).toBeGreaterThan(0.08);
    expect(mean(off)).toBeLessThan(0.15);
  });

  test('a line changes while it carries', async () => {
    const line = await open({ down: { rateMbps: 20 } });
    expect(mean((await carry(line, 30, 0.5)).mbps)).toBeCloseTo(20, 0);
    await line.shape('down', { rateMbps: 10 });
    expect(mean((await carry(line, 30, 0.5)).mbps)).toBeCloseTo(10, 0);
    await expect(line.shape('down', { rateMbps: -1 })).rejects.toMatchObject({ code: 'LAB_SHAPE' });
  });

  test('visitors behind the probe are counted at its WAN', async () => {
    const line = await open({ down: { rateMbps: 50 }, visitors: true });
    line.spawn('server', tools.traffic, ['send', line.addresses.visitor, '9000', '30', '1500', '0.3'], {
      stdio: 'ignore',
    });
    const counter = async (): Promise<number> => {
      const cat = line.spawn('probe', 'cat', [`/sys/class/net/${line.wan}/statistics/rx_bytes`]);
      return Number((await linesOf(cat).next()).value);
    };
    await expect.poll(counter).toBeGreaterThan(1e6);
  });

  const namespaces = (): string => spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout;

  test('nothing is left of a line that was closed', async () => {
    const line = await openLink({ down: {}, visitors: true });
    const ended = once(line.spawn('probe', 'sleep', ['60'], { stdio: 'ignore' }), 'exit');
    await line.close();
    await ended;
    for (const namespace of Object.values(line.namespaces)) expect(namespaces()).not.toContain(namespace);
  });

  test('nothing is left of a line whose owner was killed', async () => {
    const owner = spawn(process.execPath, ['infra/lab/main.ts'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    await linesOf(owner).next();
    expect(namespaces()).toContain(`carrel-lab-${owner.pid}-1p`);
    // As a terminal that goes, or a time limit: the emulator is asked to end too, and must not before it has cleaned up.
    process.kill(-(owner.pid ?? 0), 'SIGHUP');
    owner.kill('SIGKILL');
    await expect.poll(namespaces).not.toContain(`carrel-lab-${owner.pid}-`);
  });
});

function linesOf(child: ChildProcess): AsyncIterator<string, string | undefined> {
  if (!child.stdout) throw new Error('its output was to be read');
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]() as AsyncIterator<string, string | undefined>;
}

test('words on the command line become the line that they say', () => {
  expect(readLabOptions(['--rate', '28', '--rtt', '600', '--loss', '1', '--burst', '4e6@100'])).toMatchObject({
    down: { rateMbps: 28, delayMs: 300, lossPct: 1, bufferMs: 100, burst: { bytes: 4e6, peakMbps: 100 } },
    up: { rateMbps: 28, delayMs: 300, lossPct: 1 },
  });
  expect(readLabOptions(['--help'])).toBeNull();
  expect(() => readLabOptions(['--rate', 'fast'])).toThrow('--rate takes a number from 0.01 to 1000, got "fast"');
  expect(() => readLabOptions(['--speed', '3'])).toThrow('npm run lab -- --help');
});
