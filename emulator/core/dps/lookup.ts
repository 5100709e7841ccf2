/** Registration lookup: the state of a registration, not wrapped in an operation. [dps-device-protocol §2] */
import type { DeviceRegistrationResult } from '../../wire/registration.ts';
import { DpsError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import { authenticate, type CheckedCall } from './checks.ts';
import { answersDisabled } from './poll.ts';
import { readRegistrationBody } from './registration-body.ts';
import { renderRegistration } from './render.ts';

export async function registrationLookup(
  checked: CheckedCall,
  body: string,
  ports: Ports,
): Promise<DeviceRegistrationResult> {
  const { call, apiVersion } = checked;
  readRegistrationBody(checked, body, ports);
  const verdict = await authenticate(checked, ports);
  const record = await ports.registrations.get(call.idScope, call.registrationId);
  if (record === undefined) throw new DpsError('RegistrationNotFound');
  if (answersDisabled(verdict, ports)) return { registrationId: record.registrationId, status: 'disabled' };
  return renderRegistration(record, { apiVersion, ...ports.settings });
}
