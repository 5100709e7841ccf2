/** A webhook that answers well, badly, late or not at all, by turns. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CONTOSO_HUBS } from '../../emulator/wire/contoso.ts';

const GOOD = JSON.stringify({ iotHubHostName: CONTOSO_HUBS[0] });
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

/** In turn, so that each is met within a few registrations. Good ones stand between: not every ladder is climbed to its end. */
const ANSWERS: readonly ((response: ServerResponse) => void)[] = [
  (response) => answer(response, 200, GOOD),
  (response) => answer(response, 500, 'it broke\n'.repeat(20_000)),
  (response) => answer(response, 200, GOOD),
  (response) => answer(response, 200, '{"iotHubHostName":'),
  (response) => answer(response, 200, nested(3000)),
  (response) => answer(response, 200, GOOD),
  (response) => response.socket?.destroy(),
  (response) => answer(response, 200, `{"iotHubHostName":"${CONTOSO_HUBS[1]}","initialTwin":${nested(60)}}`),
  (response) => response.socket?.end('HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nshort'),
  (response) => answer(response, 429, ''),
  (response) => answer(response, 200, GOOD),
  (response) => answer(response, 302, '', { Location: 'file:///etc/hostname' }),
  (response) => response.socket?.end('garbage\r\n\r\n'),
  (response) => answer(response, 200, JSON.stringify({ iotHubHostName: 'nowhere', payload: [null, '\u0000'] })),
];

export async function startWildWebhook(): Promise<{ readonly url: string; readonly server: Server }> {
  let turn = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      ANSWERS[turn % ANSWERS.length]?.(response);
      turn += 1;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/api/wild?code=fuzzing-the-webhook`, server };
}

function answer(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
}
