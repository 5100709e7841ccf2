/** A webhook on the machine of the test, open to containers: answers as it is told, counts what it was asked. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface HostWebhook {
  readonly port: number;
  /** Bodies of the requests, oldest first. */
  readonly requests: readonly { readonly linkedHubs: readonly string[] }[];
}

export type HostAnswer = { readonly status: number; readonly body?: object };

export async function startHostWebhook(answer: HostAnswer): Promise<HostWebhook> {
  const requests: { readonly linkedHubs: readonly string[] }[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    requests.push(JSON.parse(text));
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}
