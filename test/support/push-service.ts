/**
 * Why: a push service as browsers use it, on loopback: it checks what a real one checks (RFC 8030, 8292), keeps what it got, and opens it with
 * the keys of the subscribed browser, written from RFC 8291 apart from the product's own code.
 */
import { createDecipheriv, createECDH, createHmac, createPublicKey, type ECDH, randomBytes, verify } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Subscription {
  endpoint: string;
  p256dh: string;
  auth: string;
}
export interface Delivered {
  to: string;
  headers: IncomingHttpHeaders;
  bytes: number;
  payload: Record<string, unknown>;
  claims: { aud: string; exp: number; sub: string };
}
export interface PushService {
  host: string;
  delivered: Delivered[];
  /** A browser that subscribed; `answers` to its pushes, 201 unless said. */
  subscribe(name: string, answers?: number): Subscription;
  close(): Promise<void>;
}

interface Browser {
  keys: ECDH;
  auth: Buffer;
  answers: number;
}

export async function openPushService(): Promise<PushService> {
  const browsers = new Map<string, Browser>();
  const delivered: Delivered[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const to = (request.url ?? '').replace('/push/', '');
      const browser = browsers.get(to);
      if (!browser) return response.writeHead(404).end();
      const body = Buffer.concat(chunks);
      const claims = claimsOf(request.headers.authorization ?? '', `http://${request.headers.host}`);
      if (!claims) return response.writeHead(403).end('BadJwtToken');
      if (body.length > 4096) return response.writeHead(413).end();
      if (!/^\d+$/.test(String(request.headers['ttl']))) return response.writeHead(400).end();
      if (browser.answers >= 300) return response.writeHead(browser.answers).end();
      const payload = JSON.parse(open(body, browser).toString('utf8')) as Record<string, unknown>;
      delivered.push({ to, headers: request.headers, bytes: body.length, payload, claims });
      response.writeHead(browser.answers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host: '127.0.0.1',
    delivered,
    subscribe(name, answers = 201) {
      const keys = createECDH('prime256v1');
      keys.generateKeys();
      const auth = randomBytes(16);
      browsers.set(name, { keys, auth, answers });
      const p256dh = keys.getPublicKey().toString('base64url');
      return { endpoint: `${origin}/push/${name}`, p256dh, auth: auth.toString('base64url') };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** RFC 8188 and 8291, from the receiver's side. */
function open(body: Buffer, { keys, auth }: Browser): Buffer {
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + body.readUInt8(20));
  const sealed = body.subarray(21 + sender.length);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender]);
  const secret = expand(extract(auth, keys.computeSecret(sender)), info, 32);
  const prk = extract(salt, secret);
  const key = expand(prk, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = expand(prk, Buffer.from('Content-Encoding: nonce\0'), 12);
  const decipher = createDecipheriv('aes-128-gcm', key, nonce);
  decipher.setAuthTag(sealed.subarray(-16));
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  if (plain.at(-1) !== 2) throw new Error('the last record is not marked as the last');
  return plain.subarray(0, -1);
}

const extract = (salt: Buffer, ikm: Buffer): Buffer => createHmac('sha256', salt).update(ikm).digest();
const expand = (prk: Buffer, info: Buffer, bytes: number): Buffer =>
  createHmac('sha256', prk)
    .update(Buffer.concat([info, Buffer.from([1])]))
    .digest()
    .subarray(0, bytes);

/** What the signed word says; null where it is not signed by the key beside it, or is for another origin. */
function claimsOf(authorization: string, origin: string): Delivered['claims'] | null {
  const [, head = '', claims = '', signature = '', key = ''] =
    /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)$/.exec(authorization) ?? [];
  const point = Buffer.from(key, 'base64url');
  if (point.length !== 65) return null;
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'));
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const good = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString() || '{}') as Delivered['claims'];
  return good && said.aud === origin ? said : null;
}
