/** Why: 200 viewers read the live stream in a process of their own; each delta says when it was made. Prints milliseconds until it was read. */
import { get } from 'node:http';
import { constants, createGunzip } from 'node:zlib';

const [url = '', count = '200', seconds = '12'] = process.argv.slice(2);
const ages: number[] = [];
let bytes = 0;
let deltas = 0;

for (let i = 0; i < Number(count); i++) {
  // One in ten is unpacked: unpacking 200 streams would measure this process instead.
  const reads = i % 10 === 0;
  const gunzip = reads ? createGunzip({ flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }) : null;
  let text = '';
  get(`${url}/api/v1/live`, { agent: false, headers: { 'accept-encoding': 'gzip' } }, (response) => {
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      gunzip?.write(chunk);
    });
  });
  gunzip?.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      if (!block.includes('event: d\n')) continue;
      deltas += 1;
      const at = /"at":(\d+)/.exec(block)?.[1];
      if (at) ages.push(Date.now() - Number(at));
    }
  });
}
setTimeout(() => {
  ages.sort((a, b) => a - b);
  const viewers = Number(count);
  const ticks = deltas / (viewers / 10);
  console.log(
    JSON.stringify({
      p50: ages[Math.floor(ages.length / 2)],
      p99: ages[Math.floor(0.99 * ages.length)],
      kb: bytes / viewers / ticks / 1000,
      n: ages.length,
    }),
  );
  process.exit(0);
}, Number(seconds) * 1000);
