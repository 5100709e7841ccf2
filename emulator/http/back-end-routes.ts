/** What back ends ask over HTTPS, the service and the hubs: their addresses, each turned into a call. [dps-service-behaviour §4.1, §4.2, §10.2] */
import type { FastifyRequest, RouteShorthandOptions } from 'fastify';
import type { ServiceApi } from '../core/enrollments/enrollment-service.ts';
import type { EnrollmentKindName, ServiceOperation } from '../core/enrollments/service-call.ts';
import { DpsError } from '../core/errors.ts';
import { HubError } from '../core/hub/hub-errors.ts';
import type { HubService } from '../core/hub/hub-service.ts';
import { allowedMethods } from '../wire/allowed-methods.ts';
import { bodyOf, type HttpsInstance, queryText, refusedMediaType } from './device-routes.ts';
import { HUB_ROUTES } from './hub-addresses.ts';
import { type Sendable, send } from './reply.ts';

export interface BackEndRoutesOptions {
  readonly serviceApi: ServiceApi;
  readonly hubService: HubService;
  /** `refuse`: a body must come with a Content-Type; hubs do not mind. */
  readonly bodyWithoutContentType: 'accept' | 'refuse';
}

interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
}

interface ServiceRoute extends Route {
  readonly operation: ServiceOperation;
  /** Of what the id in the address is. */
  readonly kind: EnrollmentKindName;
}

/** The server compares addresses without regard to case and to a trailing slash: Node's SDK sends both. [§4.1] */
const SERVICE_ROUTES: readonly ServiceRoute[] = [
  ...enrollmentRoutes('individual', '/enrollments'),
  ...enrollmentRoutes('group', '/enrollmentGroups'),
  { method: 'GET', url: '/registrations/:id', kind: 'individual', operation: 'getRegistrationState' },
  { method: 'DELETE', url: '/registrations/:id', kind: 'individual', operation: 'deleteRegistrationState' },
  { method: 'POST', url: '/registrations/:id/query', kind: 'group', operation: 'queryRegistrationStates' },
];

function enrollmentRoutes(kind: EnrollmentKindName, collection: string): readonly ServiceRoute[] {
  const one = `${collection}/:id`;
  return [
    { method: 'GET', url: one, kind, operation: 'getEnrollment' },
    { method: 'PUT', url: one, kind, operation: 'createOrUpdateEnrollment' },
    { method: 'DELETE', url: one, kind, operation: 'deleteEnrollment' },
    { method: 'POST', url: `${collection}/query`, kind, operation: 'queryEnrollments' },
    { method: 'POST', url: collection, kind, operation: 'runBulkOperation' },
    { method: 'POST', url: `${one}/attestationmechanism`, kind, operation: 'getAttestationMechanism' },
  ];
}

export function addBackEndRoutes(server: HttpsInstance, options: BackEndRoutesOptions): void {
  const { serviceApi, hubService } = options;
  addRoutes(server, SERVICE_ROUTES, {
    answer: ({ operation, kind }, request) => {
      const refusal = refusedMediaType(request, options);
      if (refusal !== undefined) return serviceApi.refuse(refusal);
      return serviceApi.call({ ...callOf(request), request: { operation, kind, ...partsOf(request) } });
    },
    refuseMethod: () => serviceApi.refuse(new DpsError('MethodNotAllowed')),
  });
  addRoutes(server, HUB_ROUTES, {
    answer: ({ operation }, request) => {
      const { id: deviceId, ...parts } = partsOf(request);
      const top = queryText(request, 'top');
      return hubService.call({ ...callOf(request), request: { operation, deviceId, top, ...parts } });
    },
    refuseMethod: () => hubService.refuse(new HubError('MethodNotAllowed')),
    // Errors of the HTTP layer below a hub's addresses are a hub's too.
    errorHandler: ({ statusCode }, _request, response) => {
      const message = statusCode === BODY_TOO_LARGE ? 'The body is too large.' : 'The request is not valid.';
      send(response, hubService.refuse(new HubError('ArgumentInvalid', { message })));
    },
  });
}

const BODY_TOO_LARGE = 413;

interface Answering<R> extends Pick<RouteShorthandOptions, 'errorHandler'> {
  answer(route: R, request: FastifyRequest): Promise<Sendable> | Sendable;
  refuseMethod(): Sendable;
}

function addRoutes<R extends Route>(
  server: HttpsInstance,
  routes: readonly R[],
  { answer, refuseMethod, ...rest }: Answering<R>,
): void {
  for (const route of routes) {
    server.route({
      ...rest,
      method: route.method,
      url: route.url,
      handler: async (request, response) => send(response, await answer(route, request)),
    });
  }
  const allowedAt = allowedMethods(routes, { caseSensitive: false });
  // Said before the body is read: whatever it is, it is not what is wrong.
  server.addHook('onRequest', async (request, response) => {
    const allowed = request.is404 ? allowedAt(request.url) : [];
    if (allowed.length > 0) return send(response.header('Allow', allowed.join(', ')), refuseMethod());
  });
}

function callOf(request: FastifyRequest) {
  return {
    host: request.host,
    path: request.url.split('?')[0] ?? '',
    authorization: request.headers.authorization,
    apiVersion: queryText(request, 'api-version'),
  };
}

function partsOf(request: FastifyRequest) {
  const { id = '' } = request.params as { readonly id?: string };
  return {
    id,
    body: bodyOf(request),
    ifMatch: request.headers['if-match'],
    maxItemCount: headerOf(request, 'x-ms-max-item-count'),
    continuation: headerOf(request, 'x-ms-continuation'),
  };
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
