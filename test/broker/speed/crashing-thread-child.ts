/** The test server's thread, which dies when a lease of the name `crash` is withdrawn. */
import { parentPort } from 'node:worker_threads';
import '../../../broker/speed/thread-worker.ts';

parentPort?.on('message', (message: { id?: string }) => {
  if (message.id === 'crash') process.exit(1);
});
