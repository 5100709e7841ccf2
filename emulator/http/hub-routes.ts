/** The hub's REST addresses, each turned into a call, and the reply's headers. [dps-service-behaviour §10.2] */
import type { Server } from 'node:https';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HubReply, HubRequest } from '../core/hub/hub-call.ts';
import { HubError } from '../core/hub/hub-errors.ts';
import type { HubService } from '../core/hub/hub-service.ts';
import { bodyOf, headerOf, queryText } from './device-routes.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type Method = (typeof METHODS)[number];

interface Route {
  readonly url: string;
  readonly methods: Partial<Readonly<Record<Method, (request: FastifyRequest) => HubRequest>>>;
}

const notEmulated = (): HubRequest => ({ operation: 'notEmulated' });

const ROUTES: readonly Route[] = [
  {
    url: '/devices',
    methods: {
      GET: (request) => ({ operation: 'listDevices', top: queryText(request, 'top') }),
      POST: (request) => ({ operation: 'bulkDevices', body: bodyOf(request) }),
    },
  },
  {
    url: '/devices/:deviceId',
    methods: {
      GET: (request) => ({ operation: 'getDevice', deviceId: deviceIdOf(request) }),
      DELETE: (request) => ({
        operation: 'deleteDevice',
        deviceId: deviceIdOf(request),
        ifMatch: request.headers['if-match'],
      }),
      PUT: notEmulated,
    },
  },
  {
    url: '/devices/query',
    methods: {
      POST: (request) => ({
        operation: 'queryTwins',
        body: bodyOf(request),
        maxItemCount: headerOf(request, 'x-ms-max-item-count'),
        continuation: headerOf(request, 'x-ms-continuation'),
      }),
    },
  },
  {
    url: '/twins/:deviceId',
    methods: {
      GET: (request) => ({ operation: 'getTwin', deviceId: deviceIdOf(request) }),
      PATCH: notEmulated,
      PUT: notEmulated,
    },
  },
  { url: '/twins/:deviceId/methods', methods: { POST: notEmulated } },
  { url: '/statistics/devices', methods: { GET: () => ({ operation: 'getStatistics' }) } },
];

/** Errors of the HTTP layer below these addresses are a hub's too. */
const BODY_TOO_LARGE = 413;

export function addHubRoutes(
  server: FastifyInstance<Server>,
  { hubService }: { readonly hubService: HubService },
): void {
  const refuse = (response: FastifyReply, error: HubError): FastifyReply => send(response, hubService.refuse(error));
  const errorHandler = (error: { readonly statusCode?: number }, _request: FastifyRequest, response: FastifyReply) => {
    const message = error.statusCode === BODY_TOO_LARGE ? 'The body is too large.' : 'The request is not valid.';
    return refuse(response, new HubError('ArgumentInvalid', { message }));
  };
  for (const { url, methods } of ROUTES) {
    for (const method of METHODS) {
      const requestOf = methods[method];
      if (requestOf === undefined) continue;
      server.route({
        method,
        url,
        errorHandler,
        handler: async (request, response) =>
          send(
            response,
            await hubService.call({
              host: request.host,
              path: request.url.split('?')[0] ?? '',
              authorization: request.headers.authorization,
              apiVersion: queryText(request, 'api-version'),
              request: requestOf(request),
            }),
          ),
      });
    }
    // `/devices/query` is also a device of that id, for every other method.
    if (url === '/devices/query') continue;
    server.route({
      method: METHODS.filter((method) => methods[method] === undefined),
      url,
      // Said before the body is read: whatever it is, it is not what is wrong.
      onRequest: async (_request, response) => {
        response.header('Allow', Object.keys(methods).join(', '));
        return refuse(response, new HubError('MethodNotAllowed'));
      },
      handler: () => undefined,
    });
  }
}

function send(response: FastifyReply, reply: HubReply): FastifyReply {
  response.code(reply.status).header('x-ms-request-id', reply.requestId);
  if (reply.errorName !== undefined) response.header('iothub-errorcode', reply.errorName);
  if (reply.paging !== undefined) {
    response.header('x-ms-item-type', reply.paging.itemType);
    if (reply.paging.continuation !== undefined) response.header('x-ms-continuation', reply.paging.continuation);
  }
  if (reply.status === 204) return response.send();
  return response.header('Content-Type', 'application/json; charset=utf-8').send(reply.text);
}

function deviceIdOf(request: FastifyRequest): string {
  return (request.params as { readonly deviceId: string }).deviceId;
}
