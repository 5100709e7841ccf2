/** A webhook as a process of its own: names the same hub at once, whatever it is asked. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ASSIGNED_HUB } from '../set-up.ts';

const ANSWER = JSON.stringify({ iotHubHostName: ASSIGNED_HUB });

const server = createServer((request, response) => {
  request.on('end', () => response.writeHead(200, { 'Content-Type': 'application/json' }).end(ANSWER));
  request.resume();
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/api/HttpTrigger1?code=bench` })}\n`);
});
