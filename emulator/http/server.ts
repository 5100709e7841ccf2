/** The HTTPS listener: limits, errors in the service's shape, and upgrades handed on by subprotocol. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import Fastify from 'fastify';
import { hostName } from '../core/access/hosts.ts';
import type { Connections } from '../core/connections.ts';
import type { DpsService } from '../core/dps/dps-service.ts';
import { MESSAGE_BYTES_MAX, messageTooLarge } from '../core/dps/message-size.ts';
import type { ServiceApi } from '../core/enrollments/enrollment-service.ts';
import { DpsError } from '../core/errors.ts';
import { HubError } from '../core/hub/hub-errors.ts';
import type { HubService } from '../core/hub/hub-service.ts';
import type { Journal } from '../core/journal/journal.ts';
import { HUB_HOST_SUFFIX } from '../wire/access-policy.ts';
import type { JournalEvent } from '../wire/journal-entry.ts';
import { addBackEndRoutes } from './back-end-routes.ts';
import { addDeviceRoutes, type HttpsInstance } from './device-routes.ts';
import { noting } from './refusals.ts';
import { answerAndClose, send } from './reply.ts';
import { createUpgrader, type UpgradeOptions } from './web-socket.ts';

export interface HttpsOptions {
  readonly dps: DpsService;
  readonly connections: Connections;
  readonly journal: Pick<Journal, 'record'>;
  readonly serviceApi: ServiceApi;
  readonly hubService: HubService;
  readonly bodyWithoutContentType: 'accept' | 'refuse';
  readonly reportBug: (error: unknown, where: string) => void;
}

interface HttpsServerOptions extends HttpsOptions {
  readonly tls: ServerOptions;
  /** Tells of handshakes that fail; the returned function ends all connections. */
  readonly secure: (server: Server) => () => void;
  readonly host: string;
  readonly port: number;
  /** Who speaks over WebSockets, by subprotocol. */
  readonly webSockets: UpgradeOptions['protocols'];
}

/** What a client is told of a request that Node's HTTP parser gave up. */
const UNREADABLE: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: 'The headers of the request are too large.',
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time.',
};

interface Listener {
  readonly port: number;
  stop(): Promise<void>;
}

/** The C SDK never reconnects: a connection must outlive the longest wait that a Retry-After can ask for. [client-traps 1] */
const KEEP_ALIVE_TIMEOUT_MS = 15 * 60 * 1000;

/** More than a request line can hold: that an id is too long is said by the core, not by the router. */
const PARAM_LENGTH_MAX = 64 * 1024;

export async function speakHttps(options: HttpsOptions) {
  return {
    listen: (place: Omit<HttpsServerOptions, keyof HttpsOptions>) => startHttpsServer({ ...options, ...place }),
    stop: async () => undefined,
  };
}

async function startHttpsServer(given: HttpsServerOptions): Promise<Listener> {
  const options = notingRefusals(given);
  const answers = createAnswers();
  // Made at the first request: most emulators of a test suite are never asked one, and an upgrade needs none.
  let router: Promise<HttpsInstance> | undefined;
  // A missing Host is answered here, in the service's shape, and not by Node with an empty body.
  const server = createServer({ ...options.tls, requireHostHeader: false }, async (request, response) => {
    answers.open(request, response);
    if (hasNoHost(request)) {
      answerAndClose(request.socket, options.dps.refuse(withoutHost()), request);
      return;
    }
    router ??= createRouter(options);
    (await router).routing(request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.requestTimeout = 30_000;
  server.on('clientError', async (error: NodeJS.ErrnoException, socket) => {
    // What stood before the bytes that are no HTTP was a whole request: it is answered first.
    await answers.given(socket);
    if (!socket.writable) return;
    const message = UNREADABLE[error.code ?? ''] ?? 'The request is not valid HTTP.';
    answerAndClose(socket, options.dps.refuse(new DpsError('RequestInvalid', { message })));
  });
  const upgrader = createUpgrader({
    protocols: options.webSockets,
    messageBytesMax: 2 * MESSAGE_BYTES_MAX,
    holder: (socket) => options.connections.of(socket)?.holder(),
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (hasNoHost(request)) {
      answerAndClose(socket, options.dps.refuse(withoutHost()), request);
      return;
    }
    if (upgrader.handle(request, socket, head)) return;
    const message = 'An upgrade must be to a WebSocket with the subprotocol mqtt.';
    options.journal.record({ kind: 'listener', listener: 'https' }, upgradeRefused(request, message));
    // Its entry is the one above.
    answerAndClose(socket, given.dps.refuse(new DpsError('RequestInvalid', { message })));
  });
  server.on('secureConnection', (socket) => {
    options.connections.open(socket, 'https');
    socket.once('close', () => options.connections.close(socket));
  });
  const endConnections = options.secure(server);

  server.listen({ host: options.host, port: options.port });
  await once(server, 'listening');
  // An accept that fails (too many open files, say) is that client's trouble; the listener goes on.
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      // Node does not end upgraded connections when it closes a server, and closing would wait for them.
      endConnections();
      await closed;
      await (await router)?.close();
      upgrader.stop();
    },
  };
}

function notingRefusals(given: HttpsServerOptions): HttpsServerOptions {
  const { dps, serviceApi, hubService, journal } = given;
  return {
    ...given,
    dps: noting(dps, journal),
    serviceApi: noting(serviceApi, journal),
    hubService: noting(hubService, journal),
  };
}

interface Answers {
  open(request: IncomingMessage, response: ServerResponse): void;
  /** Resolves when every request that has come whole over the connection is answered. */
  given(socket: Duplex): Promise<void>;
}

function createAnswers(): Answers {
  const open = new WeakMap<Duplex, Map<ServerResponse, IncomingMessage>>();
  return {
    open: (request, response) => {
      const own = open.get(request.socket) ?? new Map<ServerResponse, IncomingMessage>();
      open.set(request.socket, own.set(response, request));
      response.once('close', () => own.delete(response));
    },
    given: async (socket) => {
      const whole = [...(open.get(socket) ?? [])].filter(([, { complete }]) => complete);
      await Promise.all(whole.map(([response]) => once(response, 'close')));
    },
  };
}

function hasNoHost({ headers, httpVersion }: IncomingMessage): boolean {
  return headers.host === undefined && httpVersion === '1.1';
}

function withoutHost(): DpsError {
  return new DpsError('RequestInvalid', { message: 'The header Host is required by HTTP/1.1.' });
}

async function createRouter(options: HttpsServerOptions): Promise<HttpsInstance> {
  const server = Fastify<Server>({
    // The listener is not its own.
    https: null,
    bodyLimit: MESSAGE_BYTES_MAX,
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
  });

  server.addHook('onRequest', async ({ raw, method, routeOptions: { url = 'no known address' } }) => {
    const connection = options.connections.of(raw.socket);
    connection?.heard();
    // A device's request is named better where it is understood.
    connection?.did(`${method} ${url}`);
  });
  // Whose request was served has proved who it is, of whichever API; a disabled individual enrollment is the exception.
  server.addHook('onResponse', async ({ raw }, { statusCode }) => {
    if (statusCode < 300) options.connections.of(raw.socket)?.proved();
  });
  acceptAnyBodyAsText(server);
  addErrorAnswers(server, options);
  addDeviceRoutes(server, options);
  addBackEndRoutes(server, options);
  await server.ready();
  return server;
}

function upgradeRefused({ headers }: IncomingMessage, message: string): JournalEvent {
  const offered = headers['sec-websocket-protocol'] ?? '';
  const isAmqp = /amqp/i.test(offered);
  const detail = isAmqp
    ? `the client asked for "${offered.slice(0, 100)}": AMQP over WebSocket is not emulated; choose MQTT or HTTPS in the device`
    : `${message} The client offered ${offered === '' ? 'none' : `"${offered.slice(0, 100)}"`}.`;
  return { kind: 'refused', operation: 'connect', transport: 'https', reason: 'upgrade-refused', detail };
}

/** The core reads bodies, the same way for every transport; nothing is parsed, coerced or refused before it. */
function acceptAnyBodyAsText(server: HttpsInstance): void {
  server.removeAllContentTypeParsers();
  // As bytes: Fastify measures a text after decoding it, and refuses one whose bytes are no UTF-8 for its length.
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body.toString('utf8')));
}

const KNOWN_ADDRESS = /^\/[^/]+\/registrations\/[^/]+(\/register|\/operations\/[^/]+)?\/?$/i;

function addErrorAnswers(server: HttpsInstance, { dps, hubService, reportBug }: HttpsServerOptions): void {
  server.setNotFoundHandler((request, response) => {
    const path = request.url.split('?')[0] ?? '';
    const isAtHub = hostName(request.host)?.endsWith(HUB_HOST_SUFFIX) ?? false;
    if (isAtHub) return send(response, hubService.refuse(new HubError('NotImplemented')));
    // The documentation lists 405 also for an address whose id is missing. [dps-service-behaviour §7]
    const isMethod = KNOWN_ADDRESS.test(path) || /\/registrations(\/\/.*|\/?)$/i.test(path);
    return send(response, dps.refuse(new DpsError(isMethod ? 'MethodNotAllowed' : 'NotFound')));
  });
  server.setErrorHandler((error: { readonly statusCode?: number; readonly message: string }, request, response) => {
    if (error.statusCode === 413) {
      return send(response, dps.refuse(messageTooLarge()));
    }
    if (error.statusCode === 415) return send(response, dps.refuse(new DpsError('MediaTypeUnsupported')));
    if (error.statusCode !== undefined && error.statusCode < 500) {
      return send(response, dps.refuse(new DpsError('RequestInvalid', { message: error.message })));
    }
    reportBug(error, `${request.method} ${request.routeOptions.url ?? 'unknown address'}`);
    return send(response, dps.refuse(new DpsError('InternalError')));
  });
}
