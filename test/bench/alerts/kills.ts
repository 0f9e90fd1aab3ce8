/** Why: kill -9 at random writes of the engine, two hundred times: nothing lost, nothing invented, what people did survives. And how soon a transition is a message. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { createAlertEngine } from '../../../dashboard/alert/engine.ts';
import { createDelivery } from '../../../dashboard/notify/deliver.ts';
import { leftOf, runEngine, silenceAndAcknowledge } from '../../alert/kills.ts';
import { testAt } from '../../alert/tests.ts';
import { fakeBroker, frameOf, settings, stateWith } from '../../alert/world.ts';
import type { Figure } from '../alerts.bench.ts';
import { randomOf } from './world.ts';

const KILLS_PER_FILE = 25;
const TRANSITIONS = 100;

export async function benchKills(
  kills: number,
  figure: Figure,
  mustHold: (what: string, holds: boolean) => void,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
  try {
    await killed(dir, kills, figure, mustHold);
    await notified(figure, mustHold);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function killed(
  dir: string,
  kills: number,
  figure: Figure,
  mustHold: (what: string, holds: boolean) => void,
): Promise<void> {
  const random = randomOf(7);
  const whole = join(dir, 'whole.db');
  await runEngine(whole, 0);
  const expected = leftOf(whole);
  let [done, lost, invented, forgotten, files] = [0, 0, 0, 0, 0];
  while (done < kills) {
    const path = join(dir, `cut-${files++}.db`);
    let acted = false;
    for (let n = 0; n < KILLS_PER_FILE && done < kills; n++) {
      if ((await runEngine(path, 1 + Math.floor(random() * 60))) === 'done') break;
      done += 1;
      if (!acted && n >= 8) acted = silenceAndAcknowledge(path);
    }
    await runEngine(path, 0);
    const left = leftOf(path);
    lost += expected.lines.filter((line) => !left.lines.includes(line)).length;
    invented += left.lines.length - left.lines.filter((line) => expected.lines.includes(line)).length;
    invented += left.lines.length - new Set(left.lines).size;
    if (acted && (left.silences !== 1 || left.acknowledged !== 1)) forgotten += 1;
  }
  const of = `kill -9 at random writes, ${expected.lines.length} transitions and messages per run`;
  figure('kills', done, 'kills', of);
  figure('transitions_lost', lost, 'transitions', of);
  figure('transitions_invented', invented, 'transitions', of);
  figure('silences_or_acks_lost', forgotten, 'runs', of);
  mustHold('nothing lost, invented or forgotten over kills', lost + invented + forgotten === 0);
}

/** From the frame in the log to the request at a webhook, 1,200 sites known, one transition after another. */
async function notified(figure: Figure, mustHold: (what: string, holds: boolean) => void): Promise<void> {
  const arrived = new Map<string, number>();
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      arrived.set(String(JSON.parse(body).access_point), performance.now());
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => receiver.once('listening', resolve));
  const hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  const state = stateWith(
    ':memory:',
    Array.from({ length: 1200 }, (_, n) => `s${n}`),
    // Its holidays are not known: it is open on whatever day this runs.
    () => ({ zone: 'Europe/Helsinki' }),
  );
  const broker = fakeBroker();
  const how = {
    ...settings,
    CARREL_SMTP: undefined,
    CARREL_WEBHOOKS: [hook],
    CARREL_PUBLIC_URL: 'http://carrel.example',
    CARREL_HTTP: { host: '127.0.0.1', port: 0 },
    CARREL_PUSH_HOSTS: [],
  };
  const engine = createAlertEngine({ settings: how, state, broker, clock: systemClock, log: silentLogger });
  engine.editRules({ all: { 'slow.profile': 'demo', 'group.on': false } }, 'bench');
  const delivery = createDelivery({ settings: how, state, alerts: engine, clock: systemClock, log: silentLogger });
  engine.start();
  delivery.start();
  const sent = new Map<string, number>();
  // More than twenty at once would become one digest: that is another promise.
  for (let n = 0; n < TRANSITIONS; n++) {
    const ap = `s${n}`;
    const now = Date.now();
    for (const [i, ago] of [4, 2, 0].entries()) {
      const one = testAt(0, 12, { id: `${ap}-${i}`, ap, probe: ap, at: now - ago * 60_000 });
      if (ago === 0) sent.set(ap, performance.now());
      broker.put(frameOf(ap, [one], now));
    }
    await delay(150);
  }
  for (let n = 0; n < 100 && arrived.size < sent.size; n++) await delay(50);
  await delivery.stop();
  await engine.stop();
  state.close();
  receiver.close();
  const waits = [...sent].map(([ap, at]) => (arrived.get(ap) ?? Number.POSITIVE_INFINITY) - at).sort((a, b) => a - b);
  figure(
    'notify_p99_ms',
    waits[Math.floor(0.99 * waits.length)] ?? Number.NaN,
    'ms',
    `${TRANSITIONS} transitions, 1,200 sites, webhook on loopback`,
  );
  mustHold('every transition was delivered, p99 below 1 s', (waits.at(-2) ?? 1e9) < 1000);
}
