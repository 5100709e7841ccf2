/** The HTTPS listener: limits, errors in the service's shape, and upgrades handed on by subprotocol. */
import type { IncomingMessage } from 'node:http';
import type { Server, ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { DpsError } from '../core/errors.ts';
import type { DpsService } from '../core/service.ts';
import { addDeviceRoutes, send } from './device-routes.ts';
import { STATUS_LINES } from './status-lines.ts';

export interface HttpsServerOptions {
  readonly dps: DpsService;
  readonly tls: ServerOptions;
  readonly host: string;
  readonly port: number;
  readonly bodyWithoutContentType: 'accept' | 'refuse';
  /** Takes over a WebSocket upgrade; what it does not take is refused. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  readonly reportBug: (error: unknown, where: string) => void;
}

/** Fastify over TLS. */
export type HttpsInstance = FastifyInstance<Server>;

export interface Listener {
  readonly port: number;
  stop(): Promise<void>;
}

/** The service's limit on a message. [dps-service-behaviour §6] */
export const MESSAGE_BYTES_MAX = 96 * 1024;

/** The C SDK never reconnects: a connection must outlive the longest wait that a Retry-After can ask for. [client-traps 1] */
const KEEP_ALIVE_TIMEOUT_MS = 15 * 60 * 1000;

/** Ids of 128 characters, each possibly percent-encoded. */
const PARAM_LENGTH_MAX = 3 * 128 + 128;

export async function startHttpsServer(options: HttpsServerOptions): Promise<Listener> {
  const server = Fastify<Server>({
    https: options.tls,
    bodyLimit: MESSAGE_BYTES_MAX,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    requestTimeout: 30_000,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX, caseSensitive: false, ignoreTrailingSlash: true },
    frameworkErrors: (_error, request, response) => {
      send(
        response,
        options.dps.refuse(
          new DpsError('RequestInvalid', { message: `The address ${request.url.slice(0, 200)} is not valid.` }),
        ),
      );
    },
    clientErrorHandler: (error, socket) => {
      if (!socket.writable) return;
      const line = error.code === 'HPE_HEADER_OVERFLOW' ? STATUS_LINES.headersTooLarge : STATUS_LINES.badRequest;
      socket.end(`${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    },
  });

  acceptAnyBodyAsText(server);
  addErrorAnswers(server, options);
  addDeviceRoutes(server, options);
  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (options.upgrade(request, socket, head)) return;
    socket.end(`${STATUS_LINES.badRequest}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  server.server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy());

  await server.listen({ host: options.host, port: options.port });
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => server.close(),
  };
}

/** The core reads bodies, the same way for every transport; nothing is parsed, coerced or refused before it. */
function acceptAnyBodyAsText(server: HttpsInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
}

const KNOWN_ADDRESS = /^\/[^/]+\/registrations\/[^/]+(\/register|\/operations\/[^/]+)?\/?$/i;

function addErrorAnswers(server: HttpsInstance, { dps, reportBug }: HttpsServerOptions): void {
  server.setNotFoundHandler((request, response) => {
    const path = request.url.split('?')[0] ?? '';
    // The documentation lists 405 also for an address whose id is missing. [dps-service-behaviour §7]
    const isMethod = KNOWN_ADDRESS.test(path) || /\/registrations(\/\/.*|\/?)$/i.test(path);
    return send(response, dps.refuse(new DpsError(isMethod ? 'MethodNotAllowed' : 'NotFound')));
  });
  server.setErrorHandler((error: { readonly statusCode?: number; readonly message: string }, request, response) => {
    if (error.statusCode === 413) {
      const message = `The body is larger than ${MESSAGE_BYTES_MAX} bytes.`;
      return send(response, dps.refuse(new DpsError('RequestInvalid', { message })));
    }
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return send(response, dps.refuse(new DpsError('RequestInvalid', { message: error.message })));
    }
    reportBug(error, `${request.method} ${request.routeOptions.url ?? 'unknown address'}`);
    return send(response, dps.refuse(new DpsError('InternalError')));
  });
}
