/** Why: a probe asks the resolver of its network; one that does not answer would cost what no healthy line costs. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Resolver {
  /** This machine's own /proc, /sys and /run, with a resolv.conf that names this resolver: for CARREL_AGENT_ROOT. */
  readonly root: string;
  close(): void;
}

/** The root's SOA as the root servers give it: 75 bytes after the question. */
const ROOT_SOA = Buffer.concat([
  Buffer.from('0000060001000151800040', 'hex'),
  Buffer.from('\x01a\x0croot-servers\x03net\x00\x05nstld\x0cverisign-grs\x03com\x00', 'latin1'),
  Buffer.from('78b1d7c4000007080000038400093a8000015180', 'hex'),
]);

/** Answers every question with the root's SOA. `folder` is made into the root. Needs the right to bind port 53. */
export async function startResolver(host: string, folder: string): Promise<Resolver> {
  const socket = createSocket('udp4').bind(53, host);
  await once(socket, 'listening');
  socket.on('message', (question, from) => {
    const head = Buffer.concat([question.subarray(0, 2), Buffer.from('81800001000100000000', 'hex')]);
    socket.send(
      Buffer.concat([head, question.subarray(12, question.indexOf(0, 12) + 5), ROOT_SOA]),
      from.port,
      from.address,
    );
  });
  mkdirSync(join(folder, 'etc'), { recursive: true });
  for (const name of ['proc', 'sys', 'run', 'var', 'tmp']) symlinkSync(`/${name}`, join(folder, name));
  writeFileSync(join(folder, 'etc/resolv.conf'), `nameserver ${host}\n`);
  return { root: folder, close: () => socket.close() };
}
