/** Why: the program of the test server's own thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '#lib/clock';
import { errnoOf, messageOf } from '#lib/errors';
import { type SpeedServer, startSpeedServer } from './server.ts';
import type { FromThread, ThreadStart, ToThread } from './thread.ts';
import { createTickets } from './ticket.ts';

const STATS_MS = 250;
const { key, name, ...start } = workerData as ThreadStart;
const tell = (message: FromThread): void => parentPort?.postMessage(message);

startSpeedServer({
  ...start,
  tickets: createTickets(key, name),
  clock: systemClock,
  changed: (event) => tell({ type: 'changed', event }),
}).then(serve, (error: unknown) => {
  tell({ type: 'failed', code: errnoOf(error), message: messageOf(error) });
  parentPort?.close();
});

function serve(server: SpeedServer): void {
  let told = '';
  const timer = setInterval(() => {
    const stats = server.stats();
    const text = JSON.stringify(stats);
    if (text === told) return;
    told = text;
    tell({ type: 'stats', stats });
  }, STATS_MS);
  tell({ type: 'listening', port: server.port(), udpPort: server.udpPort(), stats: server.stats() });
  parentPort?.on('message', async (message: ToThread) => {
    if (message.type === 'withdraw') server.withdraw(message.probe, message.id);
    else {
      clearInterval(timer);
      await server.stop();
      parentPort?.close();
    }
  });
}
