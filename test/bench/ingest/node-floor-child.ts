/** Why: the least that Node can do per packet: read, count, acknowledge. What our gate takes beyond this is ours. */
import { createServer } from 'node:net';

const server = createServer({ noDelay: true }, (socket) => {
  let size = 0;
  let bytes = 0;
  let id = 1;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (chunk[0] === 0x10 && size === 0) {
      socket.write(Buffer.from([0x20, 2, 0, 0]));
      return;
    }
    size ||= 3 + ((chunk[1] ?? 0) & 127) + 128 * (chunk[2] ?? 0);
    bytes += chunk.length;
    const count = Math.floor(bytes / size);
    bytes -= count * size;
    const answer = Buffer.allocUnsafe(count * 4);
    for (let i = 0; i < count; i++, id = (id % 65_535) + 1) {
      answer[i * 4] = 0x40;
      answer[i * 4 + 1] = 2;
      answer[i * 4 + 2] = id >> 8;
      answer[i * 4 + 3] = id & 0xff;
    }
    if (count > 0) socket.write(answer);
  });
});
process.on('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : 0);
});
