/**
 * Why: what the guide says of proxies is true where it was run: its snippets (docs/guides/proxy.md, mqtt.md), each in the proxy that this
 * machine has, before the real server. One JSON line for each proxy; what is missing is named. Ends with 1 when one of them does not do.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http2 from 'node:http2';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { ROOT, startServer, until } from '../support/server.ts';

const NAME = 'carrel.library.example';
interface Proxy {
  program: string;
  /** Configuration file with the guide's snippet in it. */
  file(snippet: string, folder: string): string;
  args(file: string): string[];
}
const PROXIES: Record<string, Proxy> = {
  nginx: {
    program: '/usr/sbin/nginx',
    file: (snippet, folder) =>
      `daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; include /etc/nginx/mime.types; gzip on; gzip_proxied any; gzip_types *;\n${snippet}\n}`,
    args: (file) => ['-c', file],
  },
  Caddy: {
    program: '/usr/bin/caddy',
    file: (snippet, folder) =>
      `{\n admin off\n auto_https disable_redirects\n}\n${snippet.replace('{', `{\n tls ${folder}/carrel.pem ${folder}/carrel.key`)}`,
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
  },
  HAProxy: { program: '/usr/sbin/haproxy', file: (snippet) => snippet, args: (file) => ['-db', '-f', file] },
  Apache: {
    program: '/usr/sbin/apache2',
    file: (snippet, folder) =>
      `ServerRoot ${folder}\nPidFile ${folder}/pid\nErrorLog ${folder}/log\nServerName ${NAME}\n${[
        'mpm_event',
        'authz_core',
        'socache_shmcb',
        'ssl',
        'http2',
        'proxy',
        'proxy_http',
        'proxy_wstunnel',
        'rewrite',
      ]
        .map((one) => `LoadModule ${one}_module /usr/lib/apache2/modules/mod_${one}.so`)
        .join('\n')}\n${snippet}`,
    args: (file) => ['-X', '-f', file],
  },
};

/** The code that follows the proxy's name in a guide. */
function snippetOf(name: string, guide: string): string {
  const text = readFileSync(join(ROOT, 'docs/guides', guide), 'utf8');
  return new RegExp(`\\b${name}[\\s\\S]*?\\n\`\`\`\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? '';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

interface Answer {
  status: number;
  headers: http2.IncomingHttpHeaders;
  text: string;
}
/** One request by HTTP/2; ends with the answer, or with its first bytes. */
function ask(
  client: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  body = '',
  first = false,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = client.request(headers);
    let answered: http2.IncomingHttpHeaders = {};
    let text = '';
    const done = () => resolve({ status: Number(answered[':status']), headers: answered, text });
    stream.on('response', (found) => {
      answered = found;
    });
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (first) {
        done();
        stream.close();
      }
    });
    stream
      .on('end', done)
      .on('error', reject)
      .setTimeout(5000, () => reject(new Error('nothing came in 5 s')));
    // A question without a body has ended already.
    if (headers[':method'] === 'POST') stream.end(body);
  });
}

/** The first line of the answer to an upgrade at /mqtt. */
const upgrade = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(
      { port, host: '127.0.0.1', servername: NAME, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] },
      () =>
        socket.write(
          `GET /mqtt HTTP/1.1\r\nHost: ${NAME}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`,
        ),
    );
    socket.once('data', (chunk) => resolve(chunk.toString('latin1').split('\r\n')[0] ?? '')).once('error', reject);
    socket.setTimeout(5000, () => reject(new Error('no answer to the upgrade')));
  });

async function tried(name: string, { program, file, args }: Proxy): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'carrel-proxy-'));
  const http = `127.0.0.1:${await freePort()}`;
  const env = { CARREL_HTTP: http, CARREL_PUBLIC_URL: `https://${NAME}` };
  const server = await startServer(join(folder, 'data'), env);
  const port = await freePort();
  const [key, pem] = [join(folder, 'carrel.key'), join(folder, 'carrel.pem')];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      pem,
      '-subj',
      `/CN=${NAME}`,
      '-days',
      '2',
    ],
    { stdio: 'ignore' },
  );
  writeFileSync(join(folder, 'both.pem'), readFileSync(pem, 'utf8') + readFileSync(key, 'utf8'));
  let snippet = snippetOf(name, 'proxy.md');
  if (name === 'nginx') {
    const old = execFileSync('sh', ['-c', `${program} -v 2>&1`]).toString();
    if (/1\.(1\d|2[0-4])\./.test(old))
      snippet = snippet.replace(/listen 443 ssl;\n\s*http2 on;/, 'listen 443 ssl http2;');
    snippet = snippet.replace(/\n\}\s*$/, `\n${snippetOf('nginx', 'mqtt.md')}}\n`);
  }
  snippet = snippet
    .replaceAll('/etc/ssl/carrel-both.pem', join(folder, 'both.pem'))
    .replaceAll('/etc/ssl/carrel', join(folder, 'carrel'))
    .replaceAll('127.0.0.1:8080', http)
    .replace(/listen 443/gi, (word) => `${word.slice(0, 6)} 127.0.0.1:${port}`)
    .replace(/:443\b/g, `:${port}`)
    .replace(`${NAME} {`, `${NAME}:${port} {`);
  writeFileSync(join(folder, 'conf'), file(snippet, folder));
  const child = spawn(program, args(join(folder, 'conf')), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, HOME: folder },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  try {
    let client: http2.ClientHttp2Session | undefined;
    await until(
      () =>
        new Promise<boolean>((resolve) => {
          const one = http2.connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, servername: NAME });
          one.once('connect', () => {
            client = one;
            resolve(true);
          });
          one.once('error', () => resolve(false));
        }),
      10_000,
      () => `${name} does not answer: ${said.slice(-800)}`,
    );
    if (!client) throw new Error('no connection');
    const usual = { ':authority': NAME, 'accept-encoding': 'gzip, br' };
    const token = /token=([^\s&]+)/.exec(server.setupUrl ?? '')?.[1];
    const entered = await ask(
      client,
      {
        ...usual,
        ':method': 'POST',
        ':path': '/api/v1/setup',
        'content-type': 'application/json',
        origin: `https://${NAME}`,
      },
      JSON.stringify({ token, password: 'a long enough password' }),
    );
    const cookie = String(entered.headers['set-cookie'] ?? '');
    const page = await ask(client, { ...usual, ':path': '/' });
    const asset =
      /src="(\/assets\/[^"]+)"/.exec((await ask(client, { ':authority': NAME, ':path': '/' })).text)?.[1] ?? '/';
    const script = await ask(client, { ...usual, ':path': asset });
    const begun = performance.now();
    const live = await ask(client, { ...usual, ':path': '/api/v1/live', cookie: cookie.split(';')[0] ?? '' }, '', true);
    const found = {
      status: [entered.status, page.status, script.status, live.status],
      secure: /;\s*Secure/i.test(cookie),
      encodings: [page.headers['content-encoding'], script.headers['content-encoding']],
      firstEventMs: Math.round(performance.now() - begun),
      websocket: await upgrade(port),
    };
    client.destroy();
    return { ...found, does: found.status.every((one) => one === 200) && found.secure && /101/.test(found.websocket) };
  } catch (error) {
    return { does: false, error: String(error), said: said.slice(-500) };
  } finally {
    child.kill();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [only] = process.argv.slice(2);
for (const [name, proxy] of Object.entries(PROXIES)) {
  if (only !== undefined && only !== name) continue;
  const there = existsSync(proxy.program);
  const found = there ? await tried(name, proxy) : { does: null, why: `${proxy.program} is not here` };
  if (found['does'] === false) process.exitCode = 1;
  console.log(JSON.stringify({ bench: 'proxy', figure: name, value: found['does'], unit: '', of: found }));
}
