/** Routes about registrations: what the service remembers of each device. */
import type { RegistrationRecord } from '../core/store/registrations.ts';
import type { EngineState } from '../engine.ts';
import type { RegistrationAnswer } from '../wire/control-api.ts';
import { isoInstant } from '../wire/timestamp.ts';
import { ControlError } from './errors.ts';
import type { ControlRoute } from './route.ts';

export function registrationRoutes(
  state: Pick<EngineState, 'registration' | 'registrations'>,
): readonly ControlRoute[] {
  return [
    {
      method: 'GET',
      path: '/registrations',
      answer: async () => ({ registrations: (await state.registrations()).map(shownRegistration) }),
    },
    {
      method: 'GET',
      path: '/registrations/{idScope}/{registrationId}',
      answer: async ({ params: { idScope = '', registrationId = '' } }) => {
        const found = await state.registration(idScope, registrationId);
        if (found !== undefined) return shownRegistration(found);
        throw new ControlError(
          'not-found',
          `No device has registered as "${registrationId}" at the ID scope "${idScope}"; GET /registrations lists those that have.`,
        );
      },
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
