/** The service API over HTTPS: its addresses, each turned into a call, and the reply's headers. [dps-service-behaviour §4.1, §4.2] */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceApi } from '../core/enrollments/enrollment-service.ts';
import type {
  EnrollmentKindName,
  PagingHeaders,
  ServiceReply,
  ServiceRequest,
} from '../core/enrollments/service-call.ts';
import { DpsError } from '../core/errors.ts';
import { bodyOf, type HttpsInstance, headerOf, queryText, refusedMediaType, send } from './device-routes.ts';

export interface ServiceRoutesOptions {
  readonly serviceApi: ServiceApi;
  /** `refuse`: a body must come with a Content-Type. */
  readonly bodyWithoutContentType: 'accept' | 'refuse';
}

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

interface Route {
  readonly method: Method;
  readonly url: string;
  readonly requestOf: (request: FastifyRequest) => ServiceRequest;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The server compares addresses without regard to case and to a trailing slash: Node's SDK sends both. [§4.1] */
const ROUTES: readonly Route[] = [
  ...enrollmentRoutes('individual', '/enrollments'),
  ...enrollmentRoutes('group', '/enrollmentGroups'),
  {
    method: 'GET',
    url: '/registrations/:id',
    requestOf: (request) => ({ operation: 'getRegistrationState', id: idOf(request) }),
  },
  {
    method: 'DELETE',
    url: '/registrations/:id',
    requestOf: (request) => ({
      operation: 'deleteRegistrationState',
      id: idOf(request),
      ifMatch: headerOf(request, 'if-match'),
    }),
  },
  {
    method: 'POST',
    url: '/registrations/:id/query',
    requestOf: (request) => ({
      operation: 'queryRegistrationStates',
      id: idOf(request),
      body: bodyOf(request),
      paging: pagingOf(request),
    }),
  },
];

function enrollmentRoutes(kind: EnrollmentKindName, collection: string): readonly Route[] {
  const one = `${collection}/:id`;
  return [
    { method: 'GET', url: one, requestOf: (request) => ({ operation: 'getEnrollment', kind, id: idOf(request) }) },
    {
      method: 'PUT',
      url: one,
      requestOf: (request) => ({
        operation: 'createOrUpdateEnrollment',
        kind,
        id: idOf(request),
        ifMatch: headerOf(request, 'if-match'),
        body: bodyOf(request),
      }),
    },
    {
      method: 'DELETE',
      url: one,
      requestOf: (request) => ({
        operation: 'deleteEnrollment',
        kind,
        id: idOf(request),
        ifMatch: headerOf(request, 'if-match'),
      }),
    },
    {
      method: 'POST',
      url: `${collection}/query`,
      requestOf: (request) => ({
        operation: 'queryEnrollments',
        kind,
        body: bodyOf(request),
        paging: pagingOf(request),
      }),
    },
    {
      method: 'POST',
      url: collection,
      requestOf: (request) => ({ operation: 'runBulkOperation', kind, body: bodyOf(request) }),
    },
    {
      method: 'POST',
      url: `${one}/attestationmechanism`,
      requestOf: (request) => ({ operation: 'getAttestationMechanism', kind, id: idOf(request) }),
    },
  ];
}

export function addServiceRoutes(server: HttpsInstance, options: ServiceRoutesOptions): void {
  const { serviceApi } = options;
  for (const { method, url, requestOf } of ROUTES) {
    server.route({
      method,
      url,
      handler: async (request, response) => {
        const refusal = refusedMediaType(request, options);
        if (refusal !== undefined) return sendReply(response, serviceApi.refuse(refusal));
        const reply = await serviceApi.call({
          host: request.host,
          path: request.url.split('?')[0] ?? '',
          authorization: request.headers.authorization,
          apiVersion: queryText(request, 'api-version'),
          request: requestOf(request),
        });
        return sendReply(response, reply);
      },
    });
  }
  for (const url of new Set(ROUTES.map((route) => route.url))) {
    // `/enrollments/query` is also an enrollment of that id, for every other method.
    if (/s\/query$/.test(url)) continue;
    const allowed: readonly string[] = ROUTES.filter((route) => route.url === url).map((route) => route.method);
    server.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url,
      // Said before the body is read: whatever it is, it is not what is wrong.
      onRequest: async (_request, response) => {
        response.header('Allow', allowed.join(', '));
        return sendReply(response, serviceApi.refuse(new DpsError('MethodNotAllowed')));
      },
      handler: () => undefined,
    });
  }
}

function sendReply(response: FastifyReply, reply: ServiceReply): FastifyReply {
  const { paging } = reply;
  if (paging !== undefined) {
    response.header('x-ms-item-type', paging.itemType).header('x-ms-max-item-count', String(paging.maxItemCount));
    if (paging.continuation !== undefined) response.header('x-ms-continuation', paging.continuation);
  }
  if (reply.status === 204) return response.code(204).header('x-ms-request-id', reply.requestId).send();
  return send(response, reply);
}

function idOf(request: FastifyRequest): string {
  return (request.params as { readonly id: string }).id;
}

function pagingOf(request: FastifyRequest): PagingHeaders {
  return {
    maxItemCount: headerOf(request, 'x-ms-max-item-count'),
    continuation: headerOf(request, 'x-ms-continuation'),
  };
}
