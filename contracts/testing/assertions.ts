/** The assertions as plain functions, for any test runner. */
import { AssertionError } from 'node:assert';
import { type Checked, checkAssigned, checkFailed, checkWebhookCalled, type WebhookCallsExpected } from './checks.ts';
import type { Registration, Subject } from './registration.ts';

/** @throws {AssertionError} with the registration's timeline, unless the device was assigned to this hub */
export function expectAssigned(registration: Registration, hub: string): void {
  assertChecked(checkAssigned(registration, hub), expectAssigned);
}

/**
 * @param errorCode `400207` and its kin, or that of a refusal: `401002`
 * @throws {AssertionError} with the registration's timeline, unless the device's registration ended so
 */
export function expectFailed(registration: Registration, errorCode: number): void {
  assertChecked(checkFailed(registration, errorCode), expectFailed);
}

/**
 * @param subject a registration, or the whole emulator
 * @throws {AssertionError} with the timeline, unless the webhook was called so
 */
export function expectWebhookCalled(subject: Subject, calls?: WebhookCallsExpected): void {
  assertChecked(checkWebhookCalled(subject, calls), expectWebhookCalled);
}

/** The stack begins where the test stands. */
function assertChecked({ pass, message, actual, expected }: Checked, stackStartFn: (...args: never[]) => void): void {
  if (!pass) throw new AssertionError({ message: message(), actual, expected, stackStartFn });
}
