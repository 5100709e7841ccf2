/** The control API: placeholder until its routes land. */

import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { Emulator } from '../emulator.ts';

export interface ControlServerOptions {
  readonly emulator: Emulator;
  readonly host: string;
  readonly port: number;
}

export async function startControlServer({ host, port }: ControlServerOptions) {
  const server = Fastify({ forceCloseConnections: true });
  server.get('/health', async () => ({ status: 'ok' }));
  await server.listen({ host, port });
  const bound = (server.server.address() as AddressInfo).port;
  return { port: bound, url: `http://${host}:${bound}`, stop: () => server.close() };
}
