/** Routes about devices: what the service remembers of each, who is connected, and why a token would be accepted or refused. */
import type { LiveConnection } from '../core/connections.ts';
import type { RegistrationRecord } from '../core/store/registrations.ts';
import type { EngineState } from '../engine.ts';
import type { ConnectionAnswer, RegistrationAnswer, SasQuestion } from '../wire/control-api.ts';
import { isoInstant } from '../wire/timestamp.ts';
import type { JsonValue } from '../wire/twin.ts';
import { ControlError } from './errors.ts';
import { type ControlRoute, readBody } from './route.ts';

const QuestionSchema = {
  type: 'object',
  required: ['token'],
  properties: { token: { type: 'string' }, idScope: { type: 'string' }, registrationId: { type: 'string' } },
  additionalProperties: false,
} as const;

export function deviceRoutes(
  state: Pick<EngineState, 'registration' | 'registrations' | 'explainSas' | 'masker'>,
  connections: () => readonly LiveConnection[],
): readonly ControlRoute[] {
  /** Where a device went is read by programs: it is no part of what a webhook said. */
  const shown = (record: RegistrationRecord): RegistrationAnswer => {
    const { assignedHub, deviceId, ...told } = shownRegistration(record);
    const masked = state.masker.json(told as unknown as JsonValue) as unknown as typeof told;
    return {
      ...masked,
      ...(assignedHub !== undefined && { assignedHub }),
      ...(deviceId !== undefined && { deviceId }),
    };
  };
  return [
    {
      method: 'GET',
      path: '/registrations',
      masks: () => 'looks',
      answer: async () => ({ registrations: (await state.registrations()).map(shown) }),
    },
    {
      method: 'GET',
      path: '/registrations/{idScope}/{registrationId}',
      masks: () => 'looks',
      answer: async ({ params: { idScope = '', registrationId = '' } }) => {
        const found = await state.registration(idScope, registrationId);
        if (found !== undefined) return shown(found);
        throw new ControlError(
          'not-found',
          `No device has registered as "${registrationId}" at the ID scope "${idScope}"; GET /registrations lists those that have.`,
        );
      },
    },
    {
      method: 'GET',
      path: '/connections',
      answer: () => ({ connections: connections().map(shownConnection) }),
    },
    {
      method: 'POST',
      path: '/sas/explain',
      answer: async ({ body }) => state.explainSas(await readBody<SasQuestion>(QuestionSchema, body)),
    },
  ];
}

function shownRegistration(record: RegistrationRecord): RegistrationAnswer {
  const {
    createdMs,
    updatedMs,
    version: _version,
    operationIds: _ids,
    attestation: _attestation,
    assignment,
    ...members
  } = record;
  return {
    ...members,
    ...(assignment !== undefined && { assignedHub: assignment.hub, deviceId: assignment.deviceId }),
    createdDateTimeUtc: isoInstant(createdMs),
    lastUpdatedDateTimeUtc: isoInstant(updatedMs),
  };
}

function shownConnection({ transport, sinceMs, device, last }: LiveConnection): ConnectionAnswer {
  return {
    transport,
    since: isoInstant(sinceMs),
    sinceMs,
    device: device ?? null,
    last: last === undefined ? null : { what: last.what, at: isoInstant(last.atMs), atMs: last.atMs },
  };
}
