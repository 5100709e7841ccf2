/** Holds one answer against the rules; a refusal breaks none. */
import type { WebhookOutcome } from '../../emulator/service-door.ts';
import { kindOfJson } from '../../emulator/wire/json.ts';
import { parseJson, TOO_DEEP } from '../../emulator/wire/json-depth.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import { nullMemberOf, nullMemberText, twinFaults } from '../../emulator/wire/twin-limits.ts';
import { RULES, type RuleId } from './rules.ts';
import { kept } from './shown-text.ts';

import type { Fault } from './verdict.ts';

export function fault(rule: RuleId, detail: string): Fault {
  return { rule, ...RULES[rule], detail: kept(detail) };
}

/** @param linkedHubs of the request; undefined when it had no proper list, so that any hub is as good as another */
export function judgeAnswer(outcome: WebhookOutcome, linkedHubs: readonly string[] | undefined): readonly Fault[] {
  if (outcome.kind === 'no-response') return [fault(RULE_OF_FAILURE[outcome.failure], outcome.detail)];
  const { status, body } = outcome;
  if (status === 401) return [fault('authorized', 'the webhook answered 401')];
  if (status >= 429) return [fault('not-retried', `the webhook answered ${status}`)];
  if (isRefusal(outcome)) return [];
  const parsed = parseJson(body);
  if (parsed.kind === 'too-deep') return [fault('json', `the body is ${TOO_DEEP}`)];
  if (parsed.kind === 'broken') {
    return [fault('json', body.trim() === '' ? 'the body is empty' : 'the body is not JSON')];
  }
  const answer = parsed.value;
  if (!isJsonObject(answer)) return [fault('json', `the body is ${kindOfJson(answer)}`)];
  return [...hubFaults(answer, linkedHubs), ...twinMemberFaults(answer), ...payloadFaults(answer)];
}

/** 300 to 428 other than 401: the webhook's right. */
export function isRefusal(outcome: WebhookOutcome): boolean {
  return outcome.kind === 'response' && outcome.status >= 300 && outcome.status < 429 && outcome.status !== 401;
}

/** The hub that a successful answer names, linked or not. */
export function hubOf(outcome: WebhookOutcome): string | undefined {
  const answer = answerOf(outcome);
  const hub = answer?.iotHubHostName;
  return typeof hub === 'string' && hub !== '' ? hub : undefined;
}

/** The JSON object in a successful answer. */
export function answerOf(outcome: WebhookOutcome): JsonObject | undefined {
  if (outcome.kind !== 'response' || outcome.status < 200 || outcome.status >= 300) return undefined;
  const answer = parseJson(outcome.body);
  return answer.kind === 'json' && isJsonObject(answer.value) ? answer.value : undefined;
}

const RULE_OF_FAILURE = {
  timeout: 'in-time',
  refused: 'connection',
  dns: 'connection',
  tls: 'connection',
  dropped: 'connection',
  garbage: 'connection',
  'too-large': 'answer-size',
} as const satisfies Record<Extract<WebhookOutcome, { kind: 'no-response' }>['failure'], RuleId>;

function hubFaults({ iotHubHostName: hub }: JsonObject, linkedHubs: readonly string[] | undefined): readonly Fault[] {
  if (hub === undefined) return [fault('hub-specified', 'the answer has no iotHubHostName')];
  if (typeof hub !== 'string') return [fault('hub-specified', `iotHubHostName is ${kindOfJson(hub)}`)];
  if (hub === '') return [fault('hub-specified', 'iotHubHostName is an empty string')];
  if (linkedHubs === undefined || linkedHubs.includes(hub)) return [];
  const sameName = linkedHubs.find((name) => name.toLowerCase() === hub.toLowerCase());
  if (sameName !== undefined) {
    return [fault('hub-linked', `iotHubHostName is "${hub}", the linked hub is spelt "${sameName}"`)];
  }
  return [fault('hub-linked', `iotHubHostName is "${hub}"; the request offers ${listed(linkedHubs)}`)];
}

const LISTED_MAX = 3;

function listed(hubs: readonly string[]): string {
  const more = hubs.length > LISTED_MAX ? ` and ${hubs.length - LISTED_MAX} more` : '';
  return `${hubs.slice(0, LISTED_MAX).join(', ')}${more}`;
}

/** `null` counts as absent at every level. [dps-service-behaviour §1.5] */
function twinMemberFaults({ initialTwin: twin }: JsonObject): readonly Fault[] {
  if (twin === undefined || twin === null) return [];
  if (!isJsonObject(twin)) return [fault('twin-shape', `initialTwin is ${kindOfJson(twin)}`)];
  const { tags, properties } = twin;
  const desired = isJsonObject(properties) ? properties.desired : undefined;
  const shape = [
    ...objectFault('initialTwin.tags', tags),
    ...objectFault('initialTwin.properties', properties),
    ...objectFault('initialTwin.properties.desired', desired),
  ];
  const given = { ...(isJsonObject(tags) && { tags }), ...(isJsonObject(desired) && { properties: { desired } }) };
  const limits = twinFaults(given);
  const nullMember = nullMemberOf(given);
  const more = limits.length - LIMIT_FAULTS_MAX;
  return [
    ...shape,
    ...limits.slice(0, LIMIT_FAULTS_MAX).map((detail) => fault('twin-limits', detail)),
    ...(nullMember === undefined ? [] : [fault('twin-null', nullMemberText(nullMember))]),
    ...(more > 0 ? [fault('twin-limits', `and ${more} more of its members`)] : []),
  ];
}

const LIMIT_FAULTS_MAX = 5;

function objectFault(path: string, value: JsonValue | undefined): readonly Fault[] {
  const isFine = value === undefined || value === null || isJsonObject(value);
  return isFine ? [] : [fault('twin-shape', `${path} is ${kindOfJson(value)}`)];
}

function payloadFaults({ payload }: JsonObject): readonly Fault[] {
  const isFine = payload === undefined || payload === null || isJsonObject(payload);
  return isFine ? [] : [fault('payload-object', `payload is ${kindOfJson(payload)}`)];
}
