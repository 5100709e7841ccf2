/** The device API over HTTPS: three addresses, each turned into a call, and the reply's headers. [dps-device-protocol §2] */
import type { Server } from 'node:https';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Connections } from '../core/connections.ts';
import { clientCertificateSubject } from '../core/dps/attestation/client-certificate.ts';
import type { Credential } from '../core/dps/attestation/credential.ts';
import type { DeviceCall } from '../core/dps/device-call.ts';
import type { DpsService } from '../core/dps/dps-service.ts';
import { DpsError } from '../core/errors.ts';
import { send } from './reply.ts';

/** Fastify over TLS. */
export type HttpsInstance = FastifyInstance<Server>;

interface DeviceParams {
  readonly idScope: string;
  readonly registrationId: string;
  readonly operationId?: string;
}

export interface DeviceRoutesOptions {
  readonly dps: DpsService;
  readonly connections: Connections;
  /** `refuse`: a body must come with a Content-Type. */
  readonly bodyWithoutContentType: 'accept' | 'refuse';
}

const REGISTRATION = '/:idScope/registrations/:registrationId';

export function addDeviceRoutes(server: HttpsInstance, options: DeviceRoutesOptions): void {
  const answer = async (
    request: FastifyRequest,
    response: FastifyReply,
    operation: DeviceCall['request'],
  ): Promise<FastifyReply> => {
    const refusal = refusedMediaType(request, options);
    const { idScope, registrationId } = request.params as DeviceParams;
    // An address whose id is missing is listed under 405. [dps-service-behaviour §7]
    if (registrationId === '') return send(response, options.dps.refuse(new DpsError('MethodNotAllowed')));
    if (refusal !== undefined) return send(response, options.dps.refuse(refusal));
    const apiVersion = queryText(request, 'api-version');
    const credential = credentialOf(request);
    const connection = options.connections.of(request.raw.socket);
    connection?.identify({ idScope, registrationId, apiVersion, credential: credential.kind });
    connection?.did(operation.operation);
    const call = { idScope, registrationId, apiVersion, credential, request: operation };
    const reply = await options.dps.call({ transport: 'https', ...call });
    // Only the register's 202 says where the registration is. [dps-device-protocol §2]
    if (reply.status === 202 && operation.operation === 'register') {
      response.header('Location', `https://${request.host}/${idScope}/registrations/${registrationId}/register`);
    }
    return send(response, reply);
  };

  server.put(`${REGISTRATION}/register`, (request, response) =>
    answer(request, response, { operation: 'register', body: bodyOf(request) }),
  );
  server.get(`${REGISTRATION}/operations/:operationId`, (request, response) => {
    const { operationId } = request.params as DeviceParams;
    return answer(request, response, { operation: 'poll', operationId });
  });
  server.post(REGISTRATION, (request, response) =>
    answer(request, response, { operation: 'lookup', body: bodyOf(request) }),
  );
}

/** A poll's body is never read, whatever its type: Node sends `{}` with a GET. */
export function refusedMediaType(
  request: FastifyRequest,
  options: Pick<DeviceRoutesOptions, 'bodyWithoutContentType'>,
): DpsError | undefined {
  if (request.method === 'GET' || bodyOf(request) === '') return undefined;
  const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') return undefined;
  if (mediaType === undefined && options.bodyWithoutContentType === 'accept') return undefined;
  return new DpsError('MediaTypeUnsupported');
}

export function bodyOf(request: FastifyRequest): string {
  return typeof request.body === 'string' ? request.body : '';
}

export function queryText(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

function credentialOf(request: FastifyRequest): Credential {
  const token = request.headers.authorization;
  if (token !== undefined) return { kind: 'sas', token };
  const subject = clientCertificateSubject(request.raw.socket);
  return subject === undefined ? { kind: 'none' } : { kind: 'x509', subject };
}
