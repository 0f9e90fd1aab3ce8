/**
 * Why: the probe's end of the UDP test (`#contract` speed-udp.ts): proves its address, sends for a train of packets to see how fast the
 * line may be asked, then receives at a pace, counts, and stops the moment that enough is known. What goes missing is sent again.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import {
  decodeUdp,
  type End,
  encodeHello,
  encodeStart,
  encodeUdp,
  type LeaseGrant,
  readDataHead,
  type ServerWatch,
  type Sign,
  UDP,
  type UdpMode,
  type UdpPacket,
} from '#contract';
import { errnoOf } from '#lib/errors';
import { createArrivals } from './arrivals.ts';
import { dispersionMbps, paceOf } from './pace.ts';
import { deferred, median, type Traffic, type TrafficEnd } from './traffic.ts';
import { sendPaced, type UdpUpload } from './udp-upload.ts';

export interface UdpOptions {
  address: string;
  port: number;
  grant: Pick<LeaseGrant, 'token' | 'key' | 'dir'>;
  targetMbps: number;
  maxMs: number;
  maxBytes: number;
  now(): number;
  signal: AbortSignal;
}

/** One Ethernet frame with room for a tunnel's headers. */
const SIZE = 1400;
const AGAIN_MS = [300, 900, 2100];
/** START goes twice at once: over a satellite, waiting for a repetition would cost more than the packet. */
const TWICE_MS = [20, ...AGAIN_MS];
const GIVE_UP_MS = 3600;
/** Silence after which the train is taken to be over, ms. */
const TRAIN_SILENCE_MS = 100;
const STOP_MS = [0, 20, 40];
/** How long END is waited for, on top of a round trip. */
const END_MS = 300;
const SILENT_MS = 500;
/** 50 ms at 36 Mb/s are 225 kB; the kernel cuts this to what it allows. */
const RECEIVE_BUFFER = 1024 * 1024;

type Phase = 'hello' | 'train' | 'load' | 'stopping' | 'over';

export function openUdp(options: UdpOptions): Traffic {
  const { address, port, grant, targetMbps, maxBytes, now, signal } = options;
  const overhead = address.includes(':') ? UDP.overhead6 : UDP.overhead4;
  const session = randomBytes(6).readUIntBE(0, 6);
  const sign: Sign = (bytes) =>
    createHmac('sha256', grant.key ?? '')
      .update(bytes)
      .digest()
      .subarray(0, UDP.macBytes);
  const socket = createSocket({ type: overhead === UDP.overhead6 ? 'udp6' : 'udp4', recvBufferSize: RECEIVE_BUFFER });
  const arrivals = createArrivals();
  const started = deferred<boolean>();
  const finished = deferred<TrafficEnd>();
  const timers = new Set<NodeJS.Timeout>();
  const train: { atMs: number; ipBytes: number }[] = [];
  const rtts = { idle: [] as number[], loaded: [] as number[] };
  let phase: Phase = 'hello';
  let [step, hellos, feedbacks, echoes] = [0, 0, 0, 0];
  let wire = 0;
  let [heardMs, silent] = [0, 0];
  let helloMs = 0;
  let cookie = new Uint8Array();
  let paceMbps = paceOf(targetMbps, null);
  let dispersion: number | null = null;
  let begun = false;
  let last: End | null = null;
  let upload: UdpUpload | null = null;
  let trainTimer: NodeJS.Timeout | undefined;

  const send = (bytes: Uint8Array): void => {
    wire += bytes.length + overhead;
    socket.send(bytes, ignore); // an error comes as an event as well
  };
  const after = (ms: number, act: () => void): void => void timers.add(setTimeout(act, ms));
  const clear = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  /** Now and again, until the next phase; then it is given up. */
  function insist(act: () => void, againMs: readonly number[]): void {
    clear();
    act();
    for (const ms of againMs) after(ms, act);
    after(GIVE_UP_MS, () => finish({ end: 'unreachable', error: 'ETIMEDOUT' }));
  }
  function finish(how: TrafficEnd): void {
    if (phase === 'over') return;
    phase = 'over';
    clear();
    clearTimeout(trainTimer);
    clearInterval(reporter);
    upload?.stop();
    signal.removeEventListener('abort', onAbort);
    socket.close();
    started.resolve(false); // of no effect where the load has begun
    finished.resolve(how);
  }
  const onAbort = (): void => {
    if (phase === 'load') sayStop();
    finish({ end: 'aborted', error: null });
  };

  function sayHello(): void {
    hellos += 1;
    helloMs = now();
    send(encodeHello({ session, token: grant.token }, sign));
  }
  function ask(mode: UdpMode, rateMbps: number): void {
    step += 1;
    arrivals.begin();
    const packet = encodeStart(
      {
        ...{ session, cookie, step, mode, size: SIZE, token: grant.token },
        rateKbps: Math.round(rateMbps * 1000),
        maxMs: Math.round(options.maxMs),
        maxBytes: Math.max(SIZE, Math.floor(maxBytes - wire)),
        rttMs: Math.round(Math.min(...rtts.idle, 2000)),
      },
      sign,
    );
    insist(() => send(packet), TWICE_MS);
  }
  function sayEcho(): void {
    send(encodeUdp({ type: 'echo', session, seq: echoes, sentUs: Math.floor(now() * 1000) % 2 ** 32 }));
    echoes += 1;
  }
  function sayStop(): void {
    send(encodeUdp({ type: 'stop', session, step }));
  }
  /** Keeps the sender going, and takes the round trip under load. */
  const reporter = setInterval(() => {
    if (phase !== 'load' || !begun) return;
    // Twice, so that what came while this process was stalled is taken before it is missed.
    silent = now() - heardMs > SILENT_MS + Math.min(...rtts.idle, 2000) ? silent + 1 : 0;
    if (silent > 1) {
      finish({ end: 'closed', error: 'silence' });
      return;
    }
    const { sentUs, atMs } = arrivals.newest();
    if (grant.dir === 'down')
      send(
        encodeUdp({
          ...{ type: 'feedback', session, seq: feedbacks, lastSeq: Math.max(0, arrivals.highest()) },
          ...{ packets: arrivals.packets(), ipBytes: arrivals.ipBytes(), echoUs: sentUs },
          holdUs: (now() - atMs) * 1000,
          owdRiseUs: Math.max(0, arrivals.owdRiseMs() ?? 0) * 1000,
        }),
      );
    feedbacks += 1;
    sayEcho();
  }, UDP.feedbackMs);

  function takeData(bytes: Uint8Array, { seq, sentUs }: { seq: number; sentUs: number }): void {
    const atMs = now();
    wire += bytes.length + overhead;
    const first = arrivals.take(seq, sentUs, atMs, bytes.length, bytes.length + overhead);
    if (phase === 'train') {
      if (train.length === 0) clear();
      train.push({ atMs, ipBytes: bytes.length + overhead });
      clearTimeout(trainTimer);
      if (seq >= UDP.trainPackets - 1)
        endTrain(); // behind the last one nothing comes, whatever was lost before it
      else trainTimer = setTimeout(endTrain, TRAIN_SILENCE_MS);
    } else if (phase === 'load' && first) begin();
  }
  function begin(): void {
    clear();
    begun = true;
    started.resolve(true);
  }
  function endTrain(): void {
    if (phase !== 'train') return;
    phase = 'load';
    dispersion = dispersionMbps(train);
    paceMbps = paceOf(targetMbps, dispersion);
    sayEcho();
    ask('down', paceMbps);
  }
  function take(packet: UdpPacket): void {
    switch (packet.type) {
      case 'challenge': {
        if (phase !== 'hello') return;
        if (hellos === 1) rtts.idle.push(now() - helloMs); // of a repeated one nobody knows which was answered
        cookie = new Uint8Array(packet.cookie);
        phase = grant.dir === 'down' ? 'train' : 'load';
        ask(grant.dir === 'down' ? 'train' : 'up', paceMbps);
        if (grant.dir === 'up') upload = sendPaced({ session, size: SIZE, overhead, paceMbps, maxBytes, now, send });
        return;
      }
      case 'refuse':
        finish({ end: 'refused', error: packet.code });
        return;
      case 'echo-reply': {
        const ms = (((Math.floor(now() * 1000) - packet.sentUs) % 2 ** 32) + 2 ** 32) % 2 ** 32;
        (begun ? rtts.loaded : rtts.idle).push(ms / 1000);
        return;
      }
      case 'report':
        upload?.take(packet);
        if (!begun) begin();
        return;
      case 'end':
        if (packet.step !== step) return;
        last = packet;
        finish({ end: phase === 'stopping' || packet.why === 'max_bytes' ? 'enough' : 'closed', error: packet.why });
        return;
      default:
        return;
    }
  }
  socket.on('message', (bytes) => {
    if (phase === 'over') return;
    heardMs = now();
    const data = readDataHead(bytes, session);
    const packet = data ? undefined : decodeUdp(bytes);
    if (data) takeData(bytes, data);
    if (packet?.session !== session) return;
    wire += bytes.length + overhead;
    take(packet);
  });
  socket.on('error', (error) => finish({ end: begun ? 'closed' : 'unreachable', error: errnoOf(error) }));
  socket.connect(port, address, () => {
    if (phase === 'hello') insist(sayHello, AGAIN_MS);
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  return {
    first: started.promise,
    ended: finished.promise,
    ownBytes: () => upload?.bytes() ?? arrivals.bytes(),
    ownIpBytes: () => upload?.ipBytes() ?? arrivals.ipBytes(),
    wireBytes: () => wire,
    farWindows: () => upload?.windows() ?? null,
    saturation() {
      arrivals.turn();
      return upload?.saturation() ?? { loss: arrivals.loss(), owdRiseMs: arrivals.owdRiseMs(), senderWaited: false };
    },
    paceMbps: () => paceMbps,
    raise(pace) {
      if (phase !== 'load' || grant.dir === 'up') return false;
      paceMbps = pace;
      ask('down', pace);
      return true;
    },
    dispersionMbps: () => dispersion,
    rtt: () => ({ idleMs: rtts.idle.length > 0 ? Math.min(...rtts.idle) : null, loadedMs: median(rtts.loaded) }),
    watch: () => last && watchOf(last),
    settles: false,
    stop() {
      if (phase !== 'load') {
        finish({ end: 'enough', error: null });
        return;
      }
      phase = 'stopping';
      clear();
      upload?.stop();
      for (const ms of STOP_MS) after(ms, sayStop);
      after(END_MS + Math.min(...rtts.idle, 2000), () => finish({ end: 'enough', error: null }));
    },
  };
}

function watchOf({ cpuPct, lagMs, ticks, lateTicks, paceKept }: End): ServerWatch {
  return { cpu_pct: cpuPct, lag_ms: lagMs, ticks, late_ticks: lateTicks, pace_kept: paceKept, cc: null };
}

const ignore = (): void => undefined;
