/** Why: the mailbox and the webhook of the person on call, as real servers on loopback that keep what they got. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { SMTPServer } from 'smtp-server';

export interface Mailbox {
  url: string;
  mails: string[];
  close(): Promise<void>;
}
export interface Hook {
  url: string;
  calls: { headers: IncomingHttpHeaders; body: string }[];
  close(): Promise<void>;
}

/** A real SMTP server that accepts everything; mails are kept as they came, quoted-printable undone. */
export async function openMailbox(): Promise<Mailbox> {
  const mails: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(readable(Buffer.concat(chunks).toString('latin1')));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server.server.address());
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** An HTTP receiver that answers 204. */
export async function openHook(): Promise<Hook> {
  const calls: Hook['calls'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/hook`,
    calls,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function portOf(address: ReturnType<SMTPServer['server']['address']>): number {
  if (typeof address !== 'object' || address === null) throw new Error('the receiver does not listen');
  return address.port;
}

/** Quoted-printable and UTF-8 undone, so that tests read what a person reads. */
function readable(raw: string): string {
  const bytes = raw
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
