/** The addresses of a hub's REST API: those that are emulated, and those that are answered 501 until they are. [found/2026-11 A14] */
import type { HubOperation } from '../core/hub/hub-call.ts';

export interface HubRoute {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly operation: HubOperation;
}

const EMULATED: readonly HubRoute[] = [
  { method: 'GET', url: '/devices', operation: 'listDevices' },
  { method: 'POST', url: '/devices', operation: 'bulkDevices' },
  { method: 'GET', url: '/devices/:id', operation: 'getDevice' },
  { method: 'DELETE', url: '/devices/:id', operation: 'deleteDevice' },
  { method: 'POST', url: '/devices/query', operation: 'queryTwins' },
  { method: 'GET', url: '/twins/:id', operation: 'getTwin' },
  { method: 'GET', url: '/statistics/devices', operation: 'getStatistics' },
];

/** The published description of the hub's service API, and what devices ask over HTTPS. */
const NOT_EMULATED: Readonly<Record<string, readonly HubRoute['method'][]>> = {
  '/devices/:id': ['PUT'],
  '/devices/:id/applyConfigurationContent': ['POST'],
  '/devices/:id/commands': ['DELETE'],
  '/devices/:id/files': ['POST'],
  '/devices/:id/files/notifications': ['POST'],
  '/devices/:id/files/notifications/:correlationId': ['POST'],
  '/devices/:id/messages/deviceBound': ['GET', 'POST'],
  '/devices/:id/messages/deviceBound/:etag': ['DELETE'],
  '/devices/:id/messages/deviceBound/:etag/abandon': ['POST'],
  '/devices/:id/messages/events': ['POST'],
  '/devices/:id/modules': ['GET'],
  '/devices/:id/modules/:moduleId': ['GET', 'PUT', 'DELETE'],
  '/devices/:id/modules/:moduleId/messages/events': ['POST'],
  '/twins/:id': ['PATCH', 'PUT'],
  '/twins/:id/methods': ['POST'],
  '/twins/:id/modules/:moduleId': ['GET', 'PATCH', 'PUT'],
  '/twins/:id/modules/:moduleId/methods': ['POST'],
  '/digitaltwins/:id': ['GET', 'PATCH'],
  '/digitaltwins/:id/commands/:command': ['POST'],
  '/digitaltwins/:id/components/:component/commands/:command': ['POST'],
  '/configurations': ['GET'],
  '/configurations/:id': ['GET', 'PUT', 'DELETE'],
  '/configurations/testQueries': ['POST'],
  '/jobs': ['GET'],
  '/jobs/create': ['POST'],
  '/jobs/:id': ['GET', 'DELETE'],
  '/jobs/v2/:id': ['GET', 'PUT'],
  '/jobs/v2/:id/cancel': ['POST'],
  '/jobs/v2/query': ['GET'],
  '/messages/deviceBound': ['POST'],
  '/messages/serviceBound/feedback': ['GET'],
  '/messages/serviceBound/feedback/:lockToken': ['DELETE'],
  '/messages/serviceBound/feedback/:lockToken/abandon': ['POST'],
  '/messages/serviceBound/filenotifications': ['GET'],
  '/messages/serviceBound/filenotifications/:lockToken': ['DELETE'],
  '/messages/serviceBound/filenotifications/:lockToken/abandon': ['POST'],
  '/statistics/service': ['GET'],
};

export const HUB_NOT_EMULATED: readonly HubRoute[] = Object.entries(NOT_EMULATED).flatMap(([url, methods]) =>
  methods.map((method): HubRoute => ({ method, url, operation: 'notEmulated' })),
);

export const HUB_ROUTES: readonly HubRoute[] = [...EMULATED, ...HUB_NOT_EMULATED];
