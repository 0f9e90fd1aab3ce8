/** Why: aedes as it comes, in a process that may die: what a frozen reader does to it (see frozen-reader.test.ts). Prints port, then memory. */
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';

const [drainMs = '2000'] = process.argv.slice(2);
const broker = await Aedes.createBroker({ drainTimeout: Number(drainMs) });
const server = createServer({ noDelay: true }, (socket) => void broker.handle(socket));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
setInterval(() => process.stdout.write(`${process.memoryUsage.rss()}\n`), 50);
