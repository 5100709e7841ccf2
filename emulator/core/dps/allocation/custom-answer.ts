/** Reads the webhook's answer: a hub, or the way in which the registration fails. [dps-service-behaviour §1.5, §1.6] */
import { kindOfJson } from '../../../wire/json.ts';
import { parseJson, TOO_DEEP } from '../../../wire/json-depth.ts';
import { type InitialTwin, isJsonObject, type JsonObject, type JsonValue } from '../../../wire/twin.ts';
import type { Assumptions } from '../../assumptions.ts';
import type { ErrorName } from '../../errors.ts';
import type { WebhookOutcome } from '../../ports.ts';
import { type AllocationResult, allocationFailed } from './allocation-result.ts';

/** From this status on the service retries. [dps-service-behaviour §1.7] */
export const RETRIED_STATUS_MIN = 429;

export function readCustomAnswer(
  outcome: WebhookOutcome,
  linkedHubs: readonly string[],
  assumptions: Assumptions,
): AllocationResult {
  if (outcome.kind === 'no-response') return readNoResponse(outcome, assumptions);
  const { status, body } = outcome;
  if (status === 401) return allocationFailed('CustomAllocationUnauthorizedAccess', 'the webhook answered 401');
  if (status >= RETRIED_STATUS_MIN) return failedWithStatus(status, errorFor(assumptions['webhook-exhausted']));
  const isSuccess = status === 200 || (status > 200 && status < 300 && assumptions['webhook-other-2xx'] === 'accept');
  if (!isSuccess) return failedWithStatus(status, 'CustomAllocationFailed');
  return readBody(status, body, linkedHubs, assumptions);
}

function readNoResponse(
  outcome: Extract<WebhookOutcome, { kind: 'no-response' }>,
  assumptions: Assumptions,
): AllocationResult {
  const isRetried = outcome.failure !== 'too-large' && assumptions[`webhook-${outcome.failure}`] === 'retry';
  const choice = outcome.failure === 'too-large' ? assumptions['webhook-too-large'] : '400207';
  const error = isRetried ? errorFor(assumptions['webhook-exhausted']) : errorFor(choice);
  const isLate = outcome.failure !== 'too-large' && assumptions[`webhook-${outcome.failure}`] === 'fail-late';
  const message = isLate ? LATE_TEXT : `Custom allocation failed: ${NO_RESPONSE_TEXT[outcome.failure]}`;
  return allocationFailed(error, outcome.detail, message);
}

/** The words of the one report. [found/2026-11 A13] */
const LATE_TEXT = 'An error occurred while sending the request.';

/** No status code is on record for these, so the message names the failure; the detail stays with the emulator's user. */
const NO_RESPONSE_TEXT = {
  timeout: 'the webhook did not answer in time.',
  refused: 'the webhook refused the connection.',
  dns: 'the name of the webhook does not resolve.',
  tls: 'the certificate of the webhook is not trusted.',
  dropped: 'the webhook dropped the connection.',
  garbage: 'the webhook did not answer with HTTP.',
  'too-large': 'the answer of the webhook is too large.',
} as const;

const HUB_SHOWN_MAX = 256;

function readBody(
  status: number,
  body: string,
  linkedHubs: readonly string[],
  assumptions: Assumptions,
): AllocationResult {
  const fail = (choice: string, reason: string, message?: string): AllocationResult =>
    choice === '400208' ? notSpecified(reason) : failedWithStatus(status, errorFor(choice), reason, message);

  if (body.trim() === '') return fail(assumptions['webhook-empty-body'], 'the body of the answer is empty');
  const parsed = parseJson(body);
  if (parsed.kind !== 'json') {
    const reason = parsed.kind === 'broken' ? 'the body of the answer is not JSON' : `the answer is ${TOO_DEEP}`;
    return fail(assumptions['webhook-not-json'], reason);
  }
  const answer = parsed.value;
  if (!isJsonObject(answer)) return fail(assumptions['webhook-not-object'], 'the body of the answer is no JSON object');

  const hub = answer.iotHubHostName;
  if (hub === undefined) return fail(assumptions['webhook-hub-absent'], 'the answer has no iotHubHostName');
  if (hub === null || hub === '') return notSpecified('iotHubHostName is empty or null');
  if (typeof hub !== 'string') {
    return fail(assumptions['webhook-hub-type'], `iotHubHostName is ${kindOfJson(hub)}; it must be a string`);
  }
  const linked = findLinkedHub(hub, linkedHubs, assumptions['webhook-hub-case']);
  if (linked === undefined) {
    const reason = `iotHubHostName is "${hub}", which is not one of the linkedHubs of the request: ${linkedHubs.join(', ')}`;
    // No wording is on record; the hub at fault is what its user needs to know. [dps-service-behaviour §1.6]
    const message = `Custom allocation failed: the IoT hub "${hub.slice(0, HUB_SHOWN_MAX)}" is not a linked hub.`;
    return fail(assumptions['webhook-hub-unlinked'], reason, message);
  }
  return readTwinAndPayload(linked, answer, assumptions, (reason) => fail('400207', reason));
}

function readTwinAndPayload(
  hub: string,
  answer: JsonObject,
  assumptions: Assumptions,
  fail: (reason: string) => AllocationResult,
): AllocationResult {
  const twin = readTwin(answer.initialTwin);
  if (twin.fault !== undefined && assumptions['webhook-twin-type'] !== 'ignore') return fail(twin.fault);

  const payload = answer.payload;
  if (payload !== undefined && payload !== null && !isJsonObject(payload)) {
    const id = Array.isArray(payload) ? 'webhook-payload-array' : 'webhook-payload-scalar';
    if (assumptions[id] !== 'drop') return fail(`payload is ${kindOfJson(payload)}; it must be a JSON object`);
  }
  return {
    kind: 'allocated',
    hub,
    ...(twin.fault === undefined && twin.value !== undefined && { initialTwin: twin.value }),
    ...(isJsonObject(payload) && { payload }),
  };
}

/** `null` counts as absent at every level. [dps-service-behaviour §1.5] */
function readTwin(value: JsonValue | undefined): { readonly value?: InitialTwin; readonly fault?: string } {
  if (value === undefined || value === null) return {};
  if (!isJsonObject(value)) return { fault: `initialTwin is ${kindOfJson(value)}; it must be an object` };
  const { tags, properties } = value;
  if (tags !== undefined && tags !== null && !isJsonObject(tags)) {
    return { fault: `initialTwin.tags is ${kindOfJson(tags)}; it must be an object` };
  }
  if (properties === undefined || properties === null) return { value: { ...(tags && { tags }) } };
  if (!isJsonObject(properties)) {
    return { fault: `initialTwin.properties is ${kindOfJson(properties)}; it must be an object` };
  }
  const { desired } = properties;
  if (desired !== undefined && desired !== null && !isJsonObject(desired)) {
    return { fault: `initialTwin.properties.desired is ${kindOfJson(desired)}; it must be an object` };
  }
  return { value: { ...(tags && { tags }), ...(desired && { properties: { desired } }) } };
}

function findLinkedHub(
  hub: string,
  linkedHubs: readonly string[],
  rule: Assumptions['webhook-hub-case'],
): string | undefined {
  if (linkedHubs.includes(hub)) return hub;
  return rule === 'accept' ? linkedHubs.find((name) => name.toLowerCase() === hub.toLowerCase()) : undefined;
}

function failedWithStatus(
  status: number,
  error: ErrorName,
  reason = `the webhook answered ${status}`,
  // The one message whose wording is on record. [dps-service-behaviour §1.6]
  message = `Custom allocation failed with status code: ${status}`,
): AllocationResult {
  return allocationFailed(error, reason, message);
}

function notSpecified(reason: string): AllocationResult {
  return allocationFailed('CustomAllocationIotHubNotSpecified', reason);
}

function errorFor(choice: string): ErrorName {
  if (choice === '400208') return 'CustomAllocationIotHubNotSpecified';
  return choice === '400209' ? 'CustomAllocationUnauthorizedAccess' : 'CustomAllocationFailed';
}
