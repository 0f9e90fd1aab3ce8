/** Ordinary clients, as people use them: Debian's mosquitto_pub and mosquitto_sub, and mqtt.js; over TLS with the authority's file. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type DesiredMessage, topicOf } from '#contract';
import { debianServer } from '../support/debian.ts';
import { frameBytes, framesTopic, type Running, runBroker } from './running.ts';

const mosquitto = await debianServer('mosquitto-clients');
let running: Running;
let token: string;
let ca: string;
let probe: string;
let number = 0;

beforeAll(async () => {
  running = await runBroker({ env: { CARREL_MQTTS: '127.0.0.1:0' } });
  ca = join(running.dir, 'ca.pem');
  writeFileSync(ca, running.broker.authority() ?? '');
});
afterAll(() => running.stop());
beforeEach(() => {
  probe = `probe-${number++}`;
  token = running.probe(probe);
});

const CONFIG: DesiredMessage['config'] = {
  sample_s: 60,
  batch: 5,
  profile: 'default',
  target_mbps: 30,
  zone: 'Europe/Vilnius',
  opening: [[], [], [], [], [], [], []],
  tests_per_day: 6,
  budget_mb: 1000,
};
/** A frame as anybody would write one, without a library of ours. */
const readable = (seq: number): string =>
  JSON.stringify({
    v: 1,
    boot: 'b',
    run: 'by-hand',
    seq,
    wall: Date.now(),
    mono: 1_000_000,
    sync: 1,
    t: [999_000],
    m: { cpu_pct: [12.5] },
    e: [],
  });
const secure = (): number => Number(new URL(running.broker.addresses().mqtts ?? '').port);
async function stored(seqs: number): Promise<{ probe: string; seq: number }[]> {
  const feed = running.broker.openFeed(`test-${probe}`, null);
  const found: { probe: string; seq: number }[] = [];
  while (found.length < seqs) {
    const { frames } = await feed.next(1e6, AbortSignal.timeout(5000));
    found.push(...frames.filter((one) => one.probe === probe).map((one) => ({ probe, seq: one.frame.seq })));
  }
  return found;
}

describe.skipIf(mosquitto === null)('mosquitto_pub and mosquitto_sub of Debian', () => {
  type Program = 'mosquitto_pub' | 'mosquitto_sub';
  const login = (): string[] => ['-h', '127.0.0.1', '-i', probe, '-u', probe, '-P', token];
  const tls = (): string[] => ['-p', String(secure()), '--cafile', ca];
  const plain = (): string[] => ['-p', String(running.port)];
  const pathOf = (program: Program): string => join(dirname(mosquitto?.path ?? ''), program);

  function run(program: Program, ...args: string[]): Promise<{ code: number; text: string }> {
    return new Promise((resolve) => {
      execFile(pathOf(program), args, { env: mosquitto?.env, timeout: 10_000 }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, text: stdout + stderr }),
      );
    });
  }
  function listen(...args: string[]): { child: ChildProcess; text: () => string } {
    const child = spawn(pathOf('mosquitto_sub'), args, { env: mosquitto?.env, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    return { child, text: () => text };
  }

  test.each([0, 1, 2])('publish a frame of readable JSON with QoS %d, over TLS', async (qos) => {
    const args = ['-t', framesTopic(probe), '-q', String(qos), '-m', readable(7)];
    expect(await run('mosquitto_pub', ...login(), ...tls(), ...args)).toEqual({ code: 0, text: '' });
    expect(await stored(1)).toEqual([{ probe, seq: 7 }]);
  });

  test('publish a frame from a file, and line by line from a pipe', async () => {
    const file = join(running.dir, 'frame.json');
    writeFileSync(file, readable(1));
    const to = ['-t', framesTopic(probe), '-q', '1'];
    expect(await run('mosquitto_pub', ...login(), ...plain(), ...to, '-f', file)).toEqual({ code: 0, text: '' });
    const piped = spawn(pathOf('mosquitto_pub'), [...login(), ...plain(), ...to, '-l'], { env: mosquitto?.env });
    piped.stdin.end(`${readable(2)}\n${readable(3)}\n`);
    expect((await stored(3)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  test('listen to what the server wants of the probe, which is retained', async () => {
    running.state.registry.putDesired(probe, CONFIG);
    running.broker.publishDesired(probe);
    const { code, text } = await run('mosquitto_sub', ...login(), ...tls(), '-t', topicOf(probe, 'desired'), '-C', '1');
    expect([code, JSON.parse(text)]).toMatchObject([0, { config: CONFIG }]);
  });

  test('listen to everything of the own probe with a wildcard, and get what is published', async () => {
    const { child, text } = listen(...login(), ...plain(), '-v', '-t', `carrel/v1/${probe}/#`);
    await vi.waitUntil(() => running.broker.presence().get(probe)?.online, { timeout: 5000 });
    running.state.registry.putDesired(probe, CONFIG);
    await vi.waitUntil(
      () => {
        running.broker.publishDesired(probe);
        return text().includes(`${topicOf(probe, 'desired')} {"version":`);
      },
      { timeout: 5000, interval: 100 },
    );
    child.kill('SIGTERM');
  });

  test('leave a will that the server believes and keeps', async () => {
    const will = '{"state":"offline","boot":"b","run":"will"}';
    const args = ['--will-topic', topicOf(probe, 'state'), '--will-payload', will, '--will-retain', '--will-qos', '1'];
    const { child } = listen(...login(), ...plain(), ...args, '-t', topicOf(probe, 'desired'));
    await vi.waitUntil(() => running.broker.presence().get(probe)?.online, { timeout: 5000 });
    child.kill('SIGKILL');
    await vi.waitUntil(() => running.broker.presence().get(probe)?.state?.run === 'will', { timeout: 5000 });
    const kept = await run('mosquitto_sub', ...login(), ...plain(), '-t', topicOf(probe, 'state'), '-C', '1');
    expect(kept).toEqual({ code: 0, text: `${will}\n` });
  });

  test('keep a state that the next listener gets', async () => {
    const state = '{"state":"online","boot":"b","run":"r"}';
    const topic = topicOf(probe, 'state');
    expect(await run('mosquitto_pub', ...login(), ...plain(), '-t', topic, '-r', '-m', state)).toMatchObject({
      code: 0,
    });
    const kept = await run('mosquitto_sub', ...login(), ...plain(), '-t', topic, '-C', '1', '-F', '%r %p');
    expect(kept.text).toBe(`1 ${state}\n`);
  });

  test.each([
    ['a wrong password', () => [...login(), '-P', 'wrong'], /bad user name or password|not authori[sz]ed/i],
    ['no -i', () => ['-h', '127.0.0.1', '-u', probe, '-P', token], /identifier rejected/i],
    ['MQTT 5', () => [...login(), '-V', '5'], /unacceptable protocol version|unsupported protocol version/i],
  ])('%s is told in words', async (_name, who, words) => {
    const { code, text } = await run('mosquitto_pub', ...who(), ...plain(), '-t', framesTopic(probe), '-m', '{}');
    expect(text).toMatch(words);
    expect(code).toBeGreaterThan(0);
  });

  test('without the authority’s file the server is not trusted', async () => {
    const args = ['-p', String(secure()), '--capath', '/etc/ssl/certs', '-t', framesTopic(probe), '-m', '{}'];
    const { code, text } = await run('mosquitto_pub', ...login(), ...args);
    expect([code > 0, text]).toEqual([true, expect.stringMatching(/certificate|TLS/i)]);
  });
});

describe('mqtt.js', () => {
  const connect = (more: object = {}): Promise<mqtt.MqttClient> =>
    mqtt.connectAsync(
      `mqtts://127.0.0.1:${secure()}`,
      {
        clientId: probe,
        username: probe,
        password: token,
        ca: running.broker.authority() ?? '',
        reconnectPeriod: 0,
        ...more,
      },
      false,
    );

  test('connects over TLS with the authority, publishes at every QoS, and is told how it went', async () => {
    const client = await connect();
    for (const qos of [0, 1, 2] as const) await client.publishAsync(framesTopic(probe), frameBytes(qos), { qos });
    await client.publishAsync(framesTopic(probe), readable(3), { qos: 1 });
    expect((await stored(4)).map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    await client.endAsync();
  });

  test('gets its `desired` when it subscribes and each time that it changes', async () => {
    const client = await connect();
    const got: DesiredMessage[] = [];
    client.on('message', (_topic, payload) => got.push(JSON.parse(payload.toString())));
    running.state.registry.putDesired(probe, CONFIG);
    running.broker.publishDesired(probe);
    await client.subscribeAsync(topicOf(probe, 'desired'), { qos: 1 });
    await vi.waitUntil(() => got.length === 1);
    running.state.registry.putDesired(probe, { ...CONFIG, batch: 10 });
    running.broker.publishDesired(probe);
    await vi.waitUntil(() => got.length === 2);
    expect(got.map(({ config }) => config.batch)).toEqual([5, 10]);
    await client.endAsync();
  });

  test.each([
    ['a wrong password', { password: 'wrong' }, /bad username or password/i],
    ['another user name', { username: 'someone' }, /bad username or password/i],
    ['an id that is no probe id', { clientId: 'Mine!' }, /identifier rejected/i],
    ['MQTT 5', { protocolVersion: 5 }, /unacceptable protocol version|unsupported protocol version/i],
    ['no authority', { ca: undefined }, /certificate/i],
  ])('%s is told in words', async (_name, options, words) => {
    await expect(connect(options)).rejects.toThrow(words);
  });

  test('comes back by itself after a cut, with its subscriptions', async () => {
    const client = await connect({ reconnectPeriod: 50 });
    const got: string[] = [];
    client.on('message', (topic) => got.push(topic));
    await client.subscribeAsync(topicOf(probe, 'desired'), { qos: 1 });
    const again = new Promise((resolve) => client.once('connect', resolve));
    running.broker.disconnect(probe, 'test');
    await again;
    running.state.registry.putDesired(probe, CONFIG);
    await vi.waitUntil(
      () => {
        running.broker.publishDesired(probe);
        return got.length > 0;
      },
      { timeout: 5000, interval: 100 },
    );
    await client.endAsync();
  });
});
