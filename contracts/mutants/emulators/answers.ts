/** Emulators that read the webhook's answer wrongly, or do not ask for one. */
import type { AllocationQuestion, Ports, WebhookOutcome } from '../../../emulator/internal-door.ts';
import { parsedJson } from '../../../emulator/wire/json.ts';
import { isJsonObject, type JsonObject } from '../../../emulator/wire/twin.ts';
import { type EmulatorMutant, identified, replacingPorts } from '../mutant.ts';

export const ANSWER_MUTANTS = identified<EmulatorMutant>({
  'answers-400207-for-401': {
    wrong: 'fails with 400207 where the webhook answered 401',
    reason: 'One branch for every status below 429; the device then reports an authentication error of its own.',
    killedBy: 'row-3-unauthorized',
    at: 'expect.errorCode',
    replace: reading((outcome) =>
      outcome.kind === 'response' && outcome.status === 401 ? { ...outcome, status: 403 } : outcome,
    ),
  },
  'answers-400207-for-empty-hub': {
    wrong: 'fails with 400207 where the webhook named an empty hub',
    reason: 'An empty name is in no list either; the table gives it a code of its own.',
    killedBy: 'row-2-empty-hub',
    at: 'expect.errorCode',
    replace: readingBody((body) => (body.iotHubHostName === '' ? { ...body, iotHubHostName: 'none' } : body)),
  },
  'takes-null-for-a-hub': {
    wrong: 'chooses a hub itself where the webhook named null',
    reason: 'A fallback on the first hub looks friendly, and hides a webhook that decides nothing.',
    killedBy: 'row-2-null-hub',
    at: 'expect.status',
    replace: readingBody((body, { linkedHubs: [first = ''] }) =>
      body.iotHubHostName === null ? { ...body, iotHubHostName: first } : body,
    ),
  },
  'takes-any-hub': {
    wrong: 'puts up with a hub that was not offered',
    reason: 'Without a look at linkedHubs a typing error in a webhook stays unseen until the cloud.',
    killedBy: 'answer-hub-not-linked',
    at: 'expect.status',
    replace: readingBody((body, { linkedHubs }) =>
      linkedHubs.includes(String(body.iotHubHostName)) ? body : { ...body, iotHubHostName: linkedHubs[0] ?? '' },
    ),
  },
  'drops-webhook-payload': {
    wrong: "does not pass the webhook's payload on to the device",
    reason: 'The tutorial sends none, so it would never be missed there.',
    killedBy: 'payload-reaches-device',
    at: 'expect.payload',
    replace: readingBody(({ payload: _payload, ...body }) => body),
  },
  'relays-number-as-payload': {
    wrong: 'assigns the device although the payload of the answer is a number',
    reason: 'Any JSON looks as good as any other; the service takes objects only.',
    killedBy: 'payload-number-fails',
    at: 'expect.status',
    replace: readingBody(({ payload, ...body }) => ({ ...body, payload: { value: payload ?? null } })),
  },
  'takes-list-as-payload': {
    wrong: 'assigns the device although the payload of the answer is a list',
    reason: 'In JavaScript a list is an object.',
    killedBy: 'payload-list-fails',
    at: 'expect.status',
    replace: readingBody(({ payload, ...body }) => ({ ...body, payload: { ...(payload as object) } })),
  },
  'takes-bare-host-name': {
    wrong: 'takes a bare host name for an answer',
    reason: 'Tolerance for a text/plain answer: the first function that is tried then works here and nowhere else.',
    killedBy: 'answer-not-json',
    at: 'expect.status',
    replace: reading((outcome, { linkedHubs }) =>
      outcome.kind === 'response' && linkedHubs.includes(outcome.body)
        ? { ...outcome, body: JSON.stringify({ iotHubHostName: outcome.body }) }
        : outcome,
    ),
  },
  'does-not-ask-again': {
    wrong: 'does not call the webhook when an assigned device registers again',
    reason: 'The answer is known already, so why ask? Because the webhook may have another one by now.',
    killedBy: 'payload-fresh-on-re-registration',
    at: 'expect.webhookCalls',
    replace: replacingPorts(({ allocateCustom }) => ({
      allocateCustom: async (question, run) => {
        if (question.current === undefined) return allocateCustom(question, run);
        const body = JSON.stringify({ iotHubHostName: question.current.hub });
        return { outcome: { kind: 'response', status: 200, body }, attempts: 0 };
      },
    })),
  },
  'offers-all-hubs-under-never': {
    wrong: 'offers every linked hub for a device that must not move',
    reason: 'It then gets the list of the instance, and a webhook that picks the best of it moves the device.',
    killedBy: 'reprovision-never',
    at: 'expect.webhookRequests[1].body.linkedHubs',
    replace: replacingPorts(({ allocateCustom, instances }) => ({
      allocateCustom: async (question, run) => {
        const instance = await instances.byScope(question.subject.idScope);
        const linkedHubs = instance?.linkedHubs.map(({ name }) => name) ?? [];
        return allocateCustom({ ...question, linkedHubs }, run);
      },
    })),
  },
});

type Read = (outcome: WebhookOutcome, question: AllocationQuestion) => WebhookOutcome;

function reading(by: Read): EmulatorMutant['replace'] {
  return replacingPorts(({ allocateCustom }: Ports) => ({
    allocateCustom: async (question, run) => {
      const result = await allocateCustom(question, run);
      return { ...result, outcome: by(result.outcome, question) };
    },
  }));
}

/** Changes what the answer says, where it is a JSON object. */
function readingBody(by: (body: JsonObject, question: AllocationQuestion) => JsonObject): EmulatorMutant['replace'] {
  return reading((outcome, question) => {
    if (outcome.kind !== 'response') return outcome;
    const body = parsedJson(outcome.body);
    return isJsonObject(body) ? { ...outcome, body: JSON.stringify(by(body, question)) } : outcome;
  });
}
