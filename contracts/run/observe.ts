/** What there is to know about one device of a case: the answers it got, the webhook calls, and what its hub holds. */

import { type CSdkResult, cSdkResult } from '../../device/c-sdk-result.ts';
import type { Reply } from '../../device/device.ts';
import { numberMember, objectMember, stringMember } from '../../device/json-body.ts';
import type { JournalEvent } from '../../emulator/wire/journal-entry.ts';
import { jsonCopy } from '../../emulator/wire/json.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { CaseDevice, DeviceFacts } from '../case-devices/case-device.ts';
import type { TargetCase } from '../target/target.ts';
import { jsonOrText, type SeenRequest, type WebhookSide } from './webhook-side.ts';

type EventOf<Kind extends JournalEvent['kind']> = Extract<JournalEvent, { readonly kind: Kind }>;

interface SeenReply {
  readonly step: 'register' | 'poll';
  readonly status: number;
  readonly retryAfterSeconds?: number;
  readonly body: JsonValue;
}

export interface Observation {
  readonly facts: DeviceFacts;
  readonly cSdk: CSdkResult;
  /** Of the latest registration; `undefined` where the device's program does not tell. */
  readonly replies: readonly SeenReply[] | undefined;
  readonly lastReply: SeenReply | undefined;
  readonly state: JsonObject | undefined;
  readonly status: string | undefined;
  readonly callsAtSeconds: readonly number[];
  readonly callCount: number;
  /** Calls that got an answer; one that timed out may never have reached the webhook. */
  readonly answeredCalls: number;
  readonly requests: readonly SeenRequest[];
  readonly twin: { readonly tags: JsonObject; readonly desired: JsonObject } | undefined;
  readonly hubDevice: JsonObject | undefined;
}

interface ObservedDevice {
  readonly idScope: string;
  readonly registrationId: string;
  readonly transport: DeviceTransport;
  readonly device: CaseDevice;
}

export async function observe(
  { idScope, registrationId, transport, device }: ObservedDevice,
  at: TargetCase,
  webhook: WebhookSide,
): Promise<Observation> {
  const facts = device.facts();
  const journaled = await at.entries(idScope, registrationId);
  const entries = journaled ?? [];
  // What was repeated is one entry.
  const events = entries.flatMap(({ event, repeated }) => Array.from({ length: repeated?.count ?? 1 }, () => event));
  const answers = events.filter(isAnswer);
  const latest = answers.slice(
    Math.max(
      0,
      answers.findLastIndex((event) => event.operation === 'register'),
    ),
  );
  const journaledReplies = latest.map(({ operation, ...reply }) => ({ ...reply, step: stepOf(operation) }));
  const replies = facts.replies?.map(seenReply);
  const lastReply = (replies ?? journaledReplies.map(seenReply)).at(-1);
  const body = isJsonObject(lastReply?.body) ? lastReply.body : undefined;
  const state = body && objectMember(body, 'registrationState');
  const calls = entries.filter((entry) => entry.event.kind === 'webhook-attempt');
  const assignment = await at.assignment(idScope, registrationId);
  const { twin, device: hubDevice } = assignment === undefined ? NOWHERE : await at.atHub(assignment);
  const requests = requestsOf(registrationId, events, webhook);
  return {
    facts,
    cSdk: facts.cSdkResult ?? cSdkResult({ transport, replies: journaledReplies }),
    replies,
    lastReply,
    state,
    status: body && stringMember(body, 'status'),
    callsAtSeconds: secondsOf(journaled === undefined ? requests : calls),
    // Without a journal there is only what came to the webhook.
    callCount: journaled === undefined ? requests.length : calls.length,
    answeredCalls: calls.filter(({ event }) => event.kind === 'webhook-attempt' && event.status !== undefined).length,
    requests,
    twin,
    hubDevice,
  };
}

/** From the first of them; those of a webhook are on the clock on the wall. */
function secondsOf(calls: readonly { readonly atMs: number }[]): readonly number[] {
  return calls.map(({ atMs }) => (atMs - (calls[0]?.atMs ?? 0)) / 1000);
}

const NOWHERE = { twin: undefined, device: undefined } as const;

function isAnswer(event: JournalEvent): event is EventOf<'replied'> {
  return event.kind === 'replied' && event.operation !== 'lookup';
}

function stepOf(name: Reply['step'] | EventOf<'replied'>['operation']): SeenReply['step'] {
  return name === 'register' ? 'register' : 'poll';
}

function seenReply({ step, status = 0, retryAfterSeconds, body }: Omit<Reply, 'transport'>): SeenReply {
  const wait = retryAfterSeconds !== undefined && { retryAfterSeconds };
  return { step: stepOf(step), status, ...wait, body: jsonOrText(body) };
}

/** The requests as a scripted webhook saw them; of any other webhook, as the journal has them: without headers. */
function requestsOf(
  registrationId: string,
  events: readonly JournalEvent[],
  webhook: WebhookSide,
): readonly SeenRequest[] {
  const isOwn = ({ body }: SeenRequest): boolean => {
    const context = isJsonObject(body) ? objectMember(body, 'deviceRuntimeContext') : undefined;
    const id = context && stringMember(context, 'registrationId');
    return id?.toLowerCase() === registrationId.toLowerCase();
  };
  const seen = webhook.seen();
  if (seen !== undefined) return seen.filter(isOwn);
  return events
    .filter((event) => event.kind === 'webhook-attempt')
    .map((event) => ({ method: 'POST', path: '', query: {}, headers: {}, body: event.request, atMs: 0 }));
}

/** For a program that says what it got: does it agree with what the service answered last? */
export function disagreements({ facts, state, status }: Observation): readonly string[] {
  const { report } = facts;
  if (report === undefined) return [];
  const isAssigned = status === 'assigned';
  const said = report.message === undefined ? '' : ` (${report.message})`;
  if (isAssigned !== (report.outcome === 'assigned')) {
    return [`the service answered ${status ?? 'a refusal'}, and the device reports ${report.outcome}${said}`];
  }
  if (state === undefined) return [];
  const pairs: readonly (readonly [string, JsonValue | undefined, JsonValue | undefined])[] = [
    ['hub', report.hub, stringMember(state, 'assignedHub')],
    ['deviceId', report.deviceId, stringMember(state, 'deviceId')],
    ['errorCode', report.errorCode, numberMember(state, 'errorCode')],
    ['payload', report.payload, state.payload],
  ];
  return pairs
    .filter(([, reported, answered]) => reported !== undefined && JSON.stringify(reported) !== JSON.stringify(answered))
    .map(([name, reported, answered]) => {
      return `the service answered ${name} ${JSON.stringify(answered)}, and the device reports ${JSON.stringify(reported)}`;
    });
}

/** What two targets can be compared by: what each device was answered, and what its webhook was asked. */
export function whatWasSaid(observations: ReadonlyMap<string, Observation>): JsonObject {
  const said = [...observations].map(([name, { facts, lastReply, replies, requests, twin, callCount }]) => {
    const { outcome, message } = facts;
    const told = {
      outcome,
      // Words of the device about the network are about this target's alone.
      ...(replies === undefined && message !== undefined && { message }),
      replies: replies ?? (lastReply === undefined ? [] : [lastReply]),
      twin: twin ?? null,
      webhookCalls: callCount,
      webhookRequests: requests.map(({ method, path, body }) => ({ method, path, body })),
    };
    return [name, told] as const;
  });
  return jsonCopy(Object.fromEntries(said));
}
