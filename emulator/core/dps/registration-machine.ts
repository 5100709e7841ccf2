/** The life of a registration as a table: which event is possible in which state, and what it leads to. */
import type { RegistrationStatus } from '../../wire/registration.ts';

export type RegistrationEvent = 'register' | 'assign' | 'fail' | 'disable';

/** A record that does not exist yet stands as `unassigned`. [dps-device-protocol §6.3] */
const TRANSITIONS: Readonly<Record<RegistrationStatus, Partial<Record<RegistrationEvent, RegistrationStatus>>>> = {
  unassigned: { register: 'assigning', disable: 'disabled' },
  assigning: { register: 'assigning', assign: 'assigned', fail: 'failed', disable: 'disabled' },
  assigned: { register: 'assigning', disable: 'disabled' },
  failed: { register: 'assigning', disable: 'disabled' },
  disabled: { register: 'assigning', disable: 'disabled' },
};

/** The state that an event leads to. An event that cannot happen is a bug of ours, not of the device. */
export function statusAfter(from: RegistrationStatus, event: RegistrationEvent): RegistrationStatus {
  const status = TRANSITIONS[from][event];
  if (status === undefined) throw new Error(`a registration that is ${from} cannot ${event}`);
  return status;
}
