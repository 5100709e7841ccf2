/** Turns the customer's rules into requests, and holds the answers against them. */
import { isDeepStrictEqual } from 'node:util';
import type { WebhookOutcome } from '../../emulator/service-door.ts';
import { type InitialTwin, isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { Expectation, Expectations } from './expectations.ts';
import { answerOf, fault, hubOf, isRefusal } from './judge-answer.ts';
import type { Shape } from './shape.ts';
import { baseShape } from './shape-base.ts';
import type { Fault } from './verdict.ts';

interface ExpectedShape {
  readonly shape: Shape;
  readonly expectation: Expectation;
}

/** @param hubs offered where the file offers none, together with the hub of the rule */
export function expectedShapes({ rules, linkedHubs }: Expectations, hubs: readonly string[]): readonly ExpectedShape[] {
  return rules.map((expectation, index) => {
    const {
      id,
      registrationId,
      enrollment = 'group',
      attestation = 'symmetricKey',
      payload,
      currentHub,
      hub,
    } = expectation;
    const offered = expectation.linkedHubs ??
      linkedHubs ?? [...new Set([...hubs, ...(hub === undefined ? [] : [hub])])];
    const shape: Shape = {
      ...baseShape({ registrationIds: [registrationId], hubs: offered, payload: null }, 0).shape,
      id: `expect.${index + 1}`,
      title: id ?? (hub === undefined ? `"${registrationId}" is refused.` : `"${registrationId}" goes to ${hub}.`),
      source: 'the file given with --expect',
      kind: attestation === 'tpm' ? 'individual' : enrollment,
      attestation,
      ...(payload !== undefined && { payload }),
      ...(currentHub !== undefined && { current: { hub: currentHub, deviceId: registrationId } }),
    };
    return { shape, expectation };
  });
}

/** Every hub that the file speaks of, so that a caller who names no hub need not repeat them. */
export function hubsNamedIn({ rules, linkedHubs }: Expectations): readonly string[] {
  const named = [
    ...(linkedHubs ?? []),
    ...rules.flatMap((rule) => [...(rule.linkedHubs ?? []), rule.hub ?? []].flat()),
  ];
  return [...new Set(named)];
}

export function expectationFaults(expectation: Expectation, outcome: WebhookOutcome): readonly Fault[] {
  // A broken answer has its own fault; it neither assigns nor refuses.
  const isAnswered = isRefusal(outcome) || answerOf(outcome) !== undefined;
  if (!isAnswered) return [];
  if (expectation.refused) {
    return isRefusal(outcome) ? [] : [fault('expected', `expected a refusal, but the answer is ${told(outcome)}`)];
  }
  const { hub = '', initialTwin, responsePayload } = expectation;
  if (hubOf(outcome) !== hub) return [fault('expected', `expected the hub ${hub}, but the answer is ${told(outcome)}`)];
  const answer = answerOf(outcome) ?? {};
  return [
    ...(initialTwin === undefined
      ? []
      : difference('initialTwin', plainTwin(initialTwin), plainTwin(answer.initialTwin))),
    ...(responsePayload === undefined ? [] : difference('payload', responsePayload, answer.payload ?? null)),
  ];
}

function told(outcome: WebhookOutcome): string {
  if (outcome.kind === 'no-response') return 'none';
  if (isRefusal(outcome)) return `${outcome.status}`;
  return `${outcome.status} with the hub ${hubOf(outcome) ?? '(none)'}`;
}

function difference(what: string, expected: JsonValue, actual: JsonValue): readonly Fault[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  return [fault('expected', `expected ${what} ${JSON.stringify(expected)}, but it is ${JSON.stringify(actual)}`)];
}

/** Absent, null and empty parts are the same twin. [dps-service-behaviour §1.5] */
function plainTwin(twin: InitialTwin | JsonValue | undefined): JsonObject {
  const members = isJsonObject(twin) ? twin : {};
  const { tags, properties } = members;
  const desired = isJsonObject(properties) ? properties.desired : undefined;
  return { tags: isJsonObject(tags) ? tags : {}, desired: isJsonObject(desired) ? desired : {} };
}
