import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RegistrationEvent, statusAfter } from '../../emulator/core/dps/registration-machine.ts';
import type { RegistrationStatus } from '../../emulator/wire/registration.ts';

const STATUSES: readonly RegistrationStatus[] = ['unassigned', 'assigning', 'assigned', 'failed', 'disabled'];
const EVENTS: readonly RegistrationEvent[] = ['register', 'assign', 'fail', 'disable'];

/** The whole table once more, in the words of the documentation. */
function expected(status: RegistrationStatus, event: RegistrationEvent): RegistrationStatus | undefined {
  if (event === 'register') return 'assigning';
  if (event === 'disable') return 'disabled';
  // Only an operation that is open can end.
  if (status !== 'assigning') return undefined;
  return event === 'assign' ? 'assigned' : 'failed';
}

describe('the life of a registration', () => {
  it.each(STATUSES.flatMap((status) => EVENTS.map((event) => ({ status, event }))))('$status, then $event', (row) => {
    const status = expected(row.status, row.event);
    if (status === undefined) expect(() => statusAfter(row.status, row.event)).toThrow(/cannot/);
    else expect(statusAfter(row.status, row.event)).toBe(status);
  });

  it('never leaves its five states, and a register always leads to assigning', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...EVENTS), { maxLength: 30 }), (events) => {
        let status: RegistrationStatus = 'unassigned';
        for (const event of events) {
          const next: RegistrationStatus = expected(status, event) === undefined ? status : statusAfter(status, event);
          expect(STATUSES).toContain(next);
          if (event === 'register') expect(next).toBe('assigning');
          status = next;
        }
      }),
    );
  });
});
