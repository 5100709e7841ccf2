/** The control API's listener: who may call, bodies, errors in one shape, and the routes. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { LiveConnection } from '../core/connections.ts';
import type { Journal } from '../core/journal/journal.ts';
import { ManagementError } from '../core/resources/management-error.ts';
import type { EngineState } from '../engine.ts';
import { allowedMethods } from '../wire/allowed-methods.ts';
import { SetUpError } from '../wire/fault.ts';
import { urlHost } from '../wire/host.ts';
import type { JournalEvent } from '../wire/journal-entry.ts';
import { maskJson } from '../wire/mask.ts';
import type { JsonValue } from '../wire/twin.ts';
import { ControlError } from './errors.ts';
import type { StreamLimits } from './event-stream.ts';
import { createGuard } from './host-guard.ts';
import { acceptJsonBodies, BODY_BYTES_MAX, notJsonType, tooLarge } from './read-body.ts';
import { type ControlCall, type ControlRoute, checkQuery, type Query } from './route.ts';
import { controlRoutes } from './routes.ts';
import type { Surroundings } from './state-routes.ts';

export interface ControlServerOptions {
  /** What it shows and changes. */
  readonly state: EngineState;
  readonly connections: () => readonly LiveConnection[];
  readonly around: Surroundings;
  readonly host: string;
  readonly port: number;
  /** Hears of bugs: whatever was thrown that is no error of the control API. */
  readonly reportBug?: ((error: unknown, where: string) => void) | undefined;
  readonly streamLimits?: Partial<StreamLimits> | undefined;
}

export interface ControlServer {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Ids of 128 characters, each possibly percent-encoded. */
const PARAM_LENGTH_MAX = 3 * 128;

const JSON_TYPE = 'application/json; charset=utf-8';

/** Fastify's own. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const { host } = options;
  let url = '';
  // Made at the first request: most emulators of a test suite are never asked one.
  let router: Promise<FastifyInstance> | undefined;
  const server = createServer(async (request, response) => {
    router ??= createRouter(options, () => url);
    (await router).routing(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.requestTimeout = 30_000;
  // A plain HTTP server's streams are sockets.
  server.on('clientError', (error, socket) => answerBrokenHttp(error, socket as Socket, options.state.journal));
  server.listen({ host, port: options.port });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  url = `http://${urlHost(host)}:${port}`;
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    await (await router)?.close();
  };
  return { port, url, stop };
}

async function createRouter(options: ControlServerOptions, controlUrl: () => string): Promise<FastifyInstance> {
  const { state, connections, around, host, reportBug = () => undefined } = options;
  const guard = createGuard({ host, hostNames: state.options.hostNames });
  const server = Fastify({
    bodyLimit: BODY_BYTES_MAX,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX, ignoreTrailingSlash: true },
    // Such an address never reaches a hook, so the guard stands here once more.
    frameworkErrors: (_error, request, response) => {
      try {
        guard(request.headers);
        sendError(response, new ControlError('bad-request', 'The address is not valid: check its percent-encoding.'));
      } catch (error) {
        sendError(response, toControlError(error));
      }
    },
  });
  server.addHook('onRequest', async (request, response) => {
    guard(request.headers);
    response.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });
  acceptJsonBodies(server);
  server.setNotFoundHandler((_request, response) => {
    const message = 'There is no such route; docs/control-api.md of the package describes those that there are.';
    return sendError(response, new ControlError('unknown-route', message));
  });
  server.setErrorHandler((error, request, response) => {
    const known = toControlError(error);
    if (known.code === 'internal-error') reportBug(error, `${request.method} ${request.routeOptions.url ?? ''}`);
    // What was asked for is repeated in the answer.
    return sendJson(response.code(known.status), state.masker.json(known.body() as unknown as JsonValue));
  });
  const streamLimits = { keepAliveMs: 15_000, backlogBytesMax: 4 * 1024 * 1024, ...options.streamLimits };
  addRoutes(server, state.masker, controlRoutes({ state, connections, around, controlUrl, streamLimits }));
  await server.ready();
  return server;
}

function addRoutes(server: FastifyInstance, masker: EngineState['masker'], routes: readonly ControlRoute[]): void {
  const table = routes.flatMap((route) => {
    const url = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    // Health checks like to ask with HEAD; a stream has no end to cut off.
    const methods = route.method === 'GET' && 'answer' in route ? ['GET', 'HEAD'] : [route.method];
    return methods.map((method) => ({ method, url, route }));
  });
  for (const { method, url, route } of table) {
    server.route({ method, url, handler: (request, response) => respond(route, masker, request, response) });
  }
  const allowedAt = allowedMethods(table, { caseSensitive: true });
  // Said before the body is read: whatever it is, it is not what is wrong.
  server.addHook('onRequest', async (request, response) => {
    const allowed = request.is404 ? allowedAt(request.url).join(', ') : '';
    if (allowed === '') return;
    response.header('allow', allowed);
    throw new ControlError('method-not-allowed', `${request.method} is not allowed here; ${allowed} is.`);
  });
}

async function respond(
  route: ControlRoute,
  masker: EngineState['masker'],
  request: FastifyRequest,
  response: FastifyReply,
): Promise<unknown> {
  const call: ControlCall = {
    params: request.params as ControlCall['params'],
    query: request.query as Query,
    body: request.body,
    headers: request.headers,
  };
  checkQuery(call.query, route.query);
  if ('stream' in route) {
    const open = route.stream(call);
    response.hijack();
    open(response.raw);
    return response;
  }
  const masks = route.masks?.(call) ?? 'known';
  const answer = (await route.answer(call)) as JsonValue;
  if (masks === 'none') return sendJson(response, answer);
  return sendJson(response, masks === 'looks' ? maskJson(answer) : masker.json(answer));
}

/** What the HTTP layer, the set-up check and our own routes throw, in one shape; anything else is a bug. */
function toControlError(error: unknown): ControlError {
  if (error instanceof ControlError) return error;
  if (error instanceof ManagementError) return new ControlError(error.code, error.message, error.faults);
  if (error instanceof SetUpError) {
    const count = error.faults.length === 1 ? 'a rule' : `${error.faults.length} rules`;
    return new ControlError('invalid', `The set-up breaks ${count}; nothing was changed.`, error.faults);
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 413) return tooLarge();
  if (status === 415) return notJsonType();
  if (status >= 400 && status < 500) return new ControlError('bad-request', 'The request is not valid HTTP.');
  return new ControlError('internal-error', 'This is a bug of the emulator; its output has the details.');
}

function sendError(response: FastifyReply, error: ControlError): FastifyReply {
  return sendJson(response.code(error.status), error.body());
}

function sendJson(response: FastifyReply, value: unknown): FastifyReply {
  return response.type(JSON_TYPE).send(render(value));
}

/** Indented: mostly people read it. */
function render(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** The first byte of a TLS connection. [RFC 5246 §6.2.1] */
const TLS_HANDSHAKE = 0x16;

function tlsHere({ remoteAddress, localPort }: Socket): JournalEvent {
  return {
    kind: 'refused',
    operation: 'handshake',
    transport: 'https',
    reason: 'tls-to-plain-port',
    detail: `${remoteAddress} to port ${localPort}: this is the control API, which speaks plain HTTP: say http://. Devices and back ends have the HTTPS port`,
  };
}

/** What is no HTTP never becomes a request; it is answered on the bare socket. */
function answerBrokenHttp(error: Error, socket: Socket, journal: Journal): void {
  // The parser keeps the bytes that it could not read.
  const { rawPacket } = error as { readonly rawPacket?: Uint8Array };
  if (rawPacket?.[0] === TLS_HANDSHAKE) journal.record({ kind: 'listener', listener: 'control' }, tlsHere(socket));
  if (!socket.writable) return;
  const body = render(new ControlError('bad-request', `The request is not valid HTTP: ${error.message}.`).body());
  const head = ['HTTP/1.1 400 Bad Request', 'Connection: close', `Content-Type: ${JSON_TYPE}`];
  socket.end(`${[...head, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`);
}
