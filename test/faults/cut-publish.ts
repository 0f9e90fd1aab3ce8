/** Why: a connection that is cut inside a PUBLISH leaves nothing behind, and what is sent again on the next one is there once. */
import { connect } from 'node:net';
import { connectPacket, frameOf, framesTopic, publishPacket, runBroker } from '../broker/running.ts';

export interface CutReport {
  cuts: number;
  /** Acknowledged, but not in the log; there more than once although acknowledged once. */
  lost: number;
  doubled: number;
}

/** Cuts behind every byte of a PUBLISH, sending it whole afterwards. */
export async function cutAtEachByte(): Promise<CutReport> {
  const running = await runBroker({ limits: { packetsPerS: 1e6, bytesPerS: 1e9, acceptsPerS: 1e6 } });
  try {
    const hello = connectPacket('probe-a', running.probe('probe-a'));
    // The time is one for all, so that all are of one length: a longer cut would be a whole packet.
    const wall = Date.now();
    const packetOf = (seq: number): Buffer =>
      publishPacket(framesTopic('probe-a'), Buffer.from(JSON.stringify(frameOf(seq, { wall }))), 7);
    const cuts = packetOf(1000).length;
    for (let cut = 0; cut < cuts; cut++) {
      const whole = packetOf(1000 + cut);
      await conversation(running.port, [hello, whole.subarray(0, cut)], 4);
      await conversation(running.port, [hello, whole], 8);
    }
    const seqs = await seqsOf(running);
    const missing = Array.from({ length: cuts }, (_, i) => 1000 + i).filter((seq) => !seqs.includes(seq));
    return { cuts, lost: missing.length, doubled: seqs.length - new Set(seqs).size };
  } finally {
    await running.stop();
  }
}

/** Sends, waits for so many bytes, and cuts. */
function conversation(port: number, parts: readonly Buffer[], awaited: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let got = 0;
    socket.on('error', reject);
    socket.on('close', () => (got >= awaited ? resolve() : reject(new Error(`cut after ${got} bytes`))));
    socket.on('data', (bytes) => {
      got += bytes.length;
      if (got >= awaited) socket.end();
    });
    for (const part of parts) socket.write(part);
  });
}

async function seqsOf(running: Awaited<ReturnType<typeof runBroker>>): Promise<number[]> {
  const feed = running.broker.openFeed('cuts', null);
  const seqs: number[] = [];
  for (let atEnd = false; !atEnd; ) {
    const batch = await feed.next(1e6, AbortSignal.timeout(5000));
    seqs.push(...batch.frames.map(({ frame }) => frame.seq));
    ({ atEnd } = batch);
  }
  return seqs;
}
