/** The assertions as vitest's matchers, and their types. */
import {
  type Checked,
  checkAssigned,
  checkFailed,
  checkWebhookCalled,
  type WebhookCallsExpected,
} from '../testing/checks.ts';
import type { Registration, Subject } from '../testing/registration.ts';

export interface DpsMatchers {
  /** The registration ended at this hub. */
  toBeAssignedTo(hub: string): void;
  /** The registration failed, or was refused, with this code: `400207`, `401002`. */
  toHaveFailedWith(errorCode: number): void;
  /** The webhook was called for this registration, or by this emulator. Without `times` and `at`: at least once. */
  toHaveCalledWebhook(calls?: WebhookCallsExpected): void;
}

declare module 'vitest' {
  interface Matchers<T> extends DpsMatchers {}
}

export const MATCHERS = {
  toBeAssignedTo: (received: unknown, hub: string): Checked =>
    checkAssigned(registrationIn(received, 'toBeAssignedTo'), hub),
  toHaveFailedWith: (received: unknown, errorCode: number): Checked =>
    checkFailed(registrationIn(received, 'toHaveFailedWith'), errorCode),
  toHaveCalledWebhook: (received: unknown, calls?: WebhookCallsExpected): Checked =>
    checkWebhookCalled(subjectIn(received), calls),
};

function registrationIn(received: unknown, matcher: string): Registration {
  if (isSubject(received) && 'registrationId' in received) return received;
  throw new TypeError(`${matcher} is asked of a registration: expect(dps.registration('my-device')).${matcher}(…)`);
}

function subjectIn(received: unknown): Subject {
  if (isSubject(received)) return received;
  throw new TypeError('toHaveCalledWebhook is asked of what useDps gave, or of a registration');
}

function isSubject(value: unknown): value is Subject {
  return typeof value === 'object' && value !== null && 'emulator' in value;
}
