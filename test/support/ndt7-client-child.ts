/**
 * Why: M-Lab's own client is the judge of whether we speak ndt7. It is made for browsers: here Node's WebSocket and a worker thread in
 * the place of a web worker let it run as it is. `node ndt7-client-child.ts HOST:PORT [download|upload]` prints one JSON line.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

interface Client {
  discoverServerURLs(config: object, callbacks: object): Promise<object>;
  downloadTest(config: object, callbacks: object, urls: Promise<object>): Promise<number>;
  uploadTest(config: object, callbacks: object, urls: Promise<object>): Promise<number>;
}
/** What the client says at the end: its own last measurement and the server's. */
export interface Ndt7Result {
  code: number;
  error: string | null;
  client: { ElapsedTime: number; NumBytes: number; MeanClientMbps: number } | null;
  server: { TCPInfo?: { ElapsedTime: number; BytesReceived?: number; BytesAcked?: number; MinRTT?: number } } | null;
}

const require = createRequire(import.meta.url);
/** In the worker: the names that a web worker has. */
const IN_WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  globalThis.self = globalThis;
  globalThis.postMessage = (message) => parentPort.postMessage(message);
  parentPort.on('message', (data) => globalThis.onmessage({ data }));
  require(workerData);
`;

class WebWorker {
  readonly #worker: Worker;
  onmessage: (event: { data: unknown }) => void = () => {};
  constructor(file: string) {
    this.#worker = new Worker(IN_WORKER, { eval: true, workerData: file });
    this.#worker.on('message', (data) => this.onmessage({ data }));
    this.#worker.on('error', (error) => this.onmessage({ data: { MsgType: 'error', Error: error.message } }));
  }
  postMessage(message: unknown): void {
    this.#worker.postMessage(message);
  }
  terminate(): void {
    void this.#worker.terminate();
  }
}

async function run(server: string, direction: string): Promise<Ndt7Result> {
  Object.assign(globalThis, { Worker: WebWorker });
  const client = require('@m-lab/ndt7') as Client;
  const config = {
    server,
    protocol: 'ws',
    mlabDataPolicyInapplicable: true,
    downloadworkerfile: require.resolve('@m-lab/ndt7/src/ndt7-download-worker.js'),
    uploadworkerfile: require.resolve('@m-lab/ndt7/src/ndt7-upload-worker.js'),
  };
  const result: Ndt7Result = { code: -1, error: null, client: null, server: null };
  const complete = (last: { LastClientMeasurement?: never; LastServerMeasurement?: never }): void => {
    result.client = last.LastClientMeasurement ?? null;
    result.server = last.LastServerMeasurement ?? null;
  };
  const error = (message: unknown): void => {
    result.error = String(message);
  };
  const callbacks = { downloadComplete: complete, uploadComplete: complete, error };
  const urls = client.discoverServerURLs(config, callbacks);
  const test = direction === 'upload' ? client.uploadTest : client.downloadTest;
  result.code = await test(config, callbacks, urls);
  return result;
}

const [server = '', direction = 'download'] = process.argv.slice(2);
console.log(JSON.stringify(await run(server, direction)));
process.exit(0);
