/** Emulators that ask the webhook wrongly: too often, too soon, the wrong thing, at the wrong address. */
import type { decideRetry, Parts, WebhookOutcome } from '../../../emulator/internal-door.ts';
import { parsedJson } from '../../../emulator/wire/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../emulator/wire/twin.ts';
import { type EmulatorMutant, identified, replacing } from '../mutant.ts';

type Ladder = Parts['ladder'];
type Question = Parameters<Ladder['buildRequest']>[0];
type Request = ReturnType<Ladder['buildRequest']>;

export const LADDER_MUTANTS = identified<EmulatorMutant>({
  'retries-nine-times': {
    wrong: 'calls the webhook ten times in all instead of eleven',
    reason: 'Ten retries are eleven calls; counting calls instead of retries loses the last one.',
    killedBy: 'row-5-ladder',
    at: 'expect.callsAtSeconds',
    replace: deciding((outcome, attempt, decide) => (attempt > 9 ? { kind: 'stop' } : decide(outcome))),
  },
  'waits-one-second-again': {
    wrong: 'waits 1 s before the second retry, where 10 s are due',
    reason: 'The interval grows by 9 s each time; growing it only from the third retry on is an easy slip.',
    killedBy: 'row-5-recovers',
    at: 'expect.callsAtSeconds',
    replace: deciding((outcome, attempt, decide) => {
      const decision = decide(outcome);
      return decision.kind === 'retry' && attempt === 2 ? { ...decision, afterMs: 1000 } : decision;
    }),
  },
  'retries-428': {
    wrong: 'retries a 428 as well',
    reason: 'The threshold is 429; one lower, and a refusal becomes seven minutes of silence for the device.',
    killedBy: 'row-6-below-429',
    at: 'expect.webhookCalls',
    replace: deciding((outcome, _attempt, decide) =>
      decide(isStatus(outcome, 428) ? { ...outcome, status: 429 } : outcome),
    ),
  },
  'gives-up-at-429': {
    wrong: 'does not retry a 429',
    reason: 'Greater than 429 instead of greater or equal: a throttled function app would lose its devices.',
    killedBy: 'row-5-throttled',
    at: 'expect.status',
    replace: deciding((outcome, _attempt, decide) => (isStatus(outcome, 429) ? { kind: 'stop' } : decide(outcome))),
  },
  'retries-401': {
    wrong: 'retries a 401',
    reason: 'A wrong function code does not become right by waiting; the table makes it final.',
    killedBy: 'row-3-unauthorized',
    at: 'expect.status',
    replace: deciding((outcome, _attempt, decide) =>
      decide(isStatus(outcome, 401) ? { ...outcome, status: 503 } : outcome),
    ),
  },
  'does-not-retry-dropped': {
    wrong: 'takes a dropped connection for the end',
    reason: 'A function app that restarts drops connections; whoever retries statuses alone forgets them.',
    killedBy: 'answer-dropped-connection',
    at: 'expect.status',
    replace: deciding((outcome, _attempt, decide) =>
      outcome.kind === 'no-response' ? { kind: 'stop' } : decide(outcome),
    ),
  },
  'keeps-keys-in-request': {
    wrong: "sends the enrollment's keys to the webhook",
    reason:
      'Sending the stored record as it is is the shortest way to write it, and it leaks the key of a whole group.',
    killedBy: 'request-without-keys',
    at: 'expect.webhookRequests[0].body.enrollmentGroup.attestation',
    replace: askingGroup((_group, { enrollment }) => enrollment.record as unknown as JsonObject),
  },
  'sends-device-key': {
    wrong: 'sends key details of the device in symmetricKey',
    reason: 'The documentation says "key details"; the logs of real requests show an empty object.',
    killedBy: 'request-without-keys',
    at: 'expect.webhookRequests[0].body.deviceRuntimeContext.symmetricKey',
    replace: askingAbout((context, { enrollment }) => ({
      ...context,
      symmetricKey: enrollment.record.attestation as unknown as JsonValue,
    })),
  },
  'drops-function-code': {
    wrong: 'calls the webhook without the query of its URL',
    reason: 'Rebuilding a URL from host and path loses ?code=, and every function app answers 401.',
    killedBy: 'request-is-post-of-json',
    at: 'expect.status',
    replace: replacing('ladder', (ladder) => ({
      ...ladder,
      postJson: (url, ...rest) => ladder.postJson(url.split('?')[0] ?? url, ...rest),
    })),
  },
  'shows-function-code': {
    wrong: 'leaves the function code in the webhookUrl of the request body',
    reason: 'Functions log their request bodies; the service masks the query there.',
    killedBy: 'request-is-post-of-json',
    at: 'expect.webhookRequests[0].body.enrollmentGroup.customAllocationDefinition.webhookUrl',
    replace: askingGroup((group, { enrollment }) => ({
      ...group,
      customAllocationDefinition: enrollment.record.customAllocationDefinition as unknown as JsonValue,
    })),
  },
  'drops-device-payload': {
    wrong: "does not pass the device's payload on to the webhook",
    reason: 'Webhooks decide by it; the demo alone would still work without.',
    killedBy: 'payload-reaches-webhook',
    at: 'expect.webhookRequests[0].body.deviceRuntimeContext.payload',
    replace: askingAbout(({ payload: _payload, ...context }) => context),
  },
  'parses-text-payload': {
    wrong: 'parses a payload that is a text',
    reason: 'The Java SDK sends JSON as a text; being helpful here hides it until the cloud does not help.',
    killedBy: 'payload-text-from-device',
    at: 'expect.webhookRequests[0].body.deviceRuntimeContext.payload',
    replace: askingAbout(({ payload, ...context }) => ({
      ...context,
      ...(payload !== undefined && {
        payload: typeof payload === 'string' ? (parsedJson(payload) ?? payload) : payload,
      }),
    })),
  },
  'forgets-current-hub': {
    wrong: 'does not tell the webhook where the device is now',
    reason: 'Webhooks that keep a device where it is read currentIotHubHostName.',
    killedBy: 'reprovision-migrate',
    at: 'expect.webhookRequests[1].body.deviceRuntimeContext.currentIotHubHostName',
    replace: askingAbout(({ currentIotHubHostName: _hub, ...context }) => context),
  },
  'nulls-for-absent': {
    wrong: 'sends null for what the enrollment never had',
    reason: 'Serialisers write null by themselves; webhooks that test for presence then go wrong.',
    killedBy: 'request-members-absent',
    at: 'expect.webhookRequests[0].body.enrollmentGroup',
    replace: askingGroup((group) => ({ capabilities: null, initialTwin: null, ...group })),
  },
  'individual-sent-as-group': {
    wrong: 'sends an individual enrollment under enrollmentGroup',
    reason: 'One code path for both kinds; a webhook that looks for individualEnrollment finds nothing.',
    killedBy: 'request-individual',
    at: 'expect.webhookRequests[0].body',
    replace: asking(({ individualEnrollment, ...request }) => ({
      ...(individualEnrollment !== undefined && { enrollmentGroup: individualEnrollment }),
      ...request,
    })),
  },
  'sends-newest-api-version': {
    wrong: 'writes its own api-version into the request instead of the one that is stored',
    reason: 'A constant is at hand; the stored version is what the owner of the webhook has agreed to.',
    killedBy: 'request-stored-api-version',
    at: 'expect.webhookRequests[0].body.enrollmentGroup.customAllocationDefinition.apiVersion',
    replace: askingGroup((group) => ({
      ...group,
      customAllocationDefinition: {
        ...(group.customAllocationDefinition as JsonObject),
        apiVersion: '2021-10-01',
      },
    })),
  },
  'retry-without-payload': {
    wrong: 'leaves the payload out of the request when it retries',
    reason: 'A body that is built anew for each call is built from whatever is left by then.',
    killedBy: 'request-repeated-by-retry',
    at: 'expect.webhookRequests[1].body.deviceRuntimeContext',
    replace: replacing('ladder', (ladder) => {
      const seen = new Set<string>();
      return {
        ...ladder,
        postJson: (url, body, ...rest) => {
          const text = seen.has(body) ? body.replace(/,"payload":\{[^}]*\}/, '') : body;
          seen.add(body);
          return ladder.postJson(url, text, ...rest);
        },
      };
    }),
  },
  'asks-twice': {
    wrong: 'sends every request twice, and journals one of them',
    reason: 'An HTTP client that repeats by itself; functions that count or bill do not like it.',
    killedBy: 'row-1-valid-hub',
    at: 'expect.webhookRequests (how many)',
    replace: replacing('ladder', (ladder) => ({
      ...ladder,
      postJson: async (...call) => {
        await ladder.postJson(...call);
        return ladder.postJson(...call);
      },
    })),
  },
  'follows-redirects': {
    wrong: 'follows a redirect of the webhook',
    reason: 'HTTP clients do so by default, and the function code travels along.',
    killedBy: 'row-6-redirect',
    at: 'expect.status',
    replace: replacing('ladder', (ladder) => ({
      ...ladder,
      postJson: async (url, body, options, signal) => {
        const outcome = await ladder.postJson(url, body, options, signal);
        return outcome.kind === 'response' && outcome.status === 307
          ? ladder.postJson(new URL('/elsewhere', url).href, body, options, signal)
          : outcome;
      },
    })),
  },
});

type Decision = ReturnType<typeof decideRetry>;
type Decide = (outcome: WebhookOutcome, attempt: number, decide: (outcome: WebhookOutcome) => Decision) => Decision;

/** @param by is given the true decision as a function of the outcome */
function deciding(by: Decide): EmulatorMutant['replace'] {
  return replacing('ladder', (ladder) => ({
    ...ladder,
    decideRetry: (outcome, attempt, assumptions) =>
      by(outcome, attempt, (other) => ladder.decideRetry(other, attempt, assumptions)),
  }));
}

function isStatus(outcome: WebhookOutcome, status: number): outcome is WebhookOutcome & { readonly kind: 'response' } {
  return outcome.kind === 'response' && outcome.status === status;
}

/** Changes what the webhook is sent. */
function asking(by: (request: JsonObject, question: Question) => JsonObject): EmulatorMutant['replace'] {
  return replacing('ladder', (ladder) => ({
    ...ladder,
    buildRequest: (question) => {
      const request = ladder.buildRequest(question) as unknown as JsonObject;
      return by(request, question) as unknown as Request;
    },
  }));
}

/** The same for what the request says of the group, where there is one. */
function askingGroup(by: (group: JsonObject, question: Question) => JsonObject): EmulatorMutant['replace'] {
  return asking((request, question) => {
    const { enrollmentGroup: group } = request;
    return isJsonObject(group) ? { ...request, enrollmentGroup: by(group, question) } : request;
  });
}

/** The same for what the request says of the device. */
function askingAbout(by: (context: JsonObject, question: Question) => JsonObject): EmulatorMutant['replace'] {
  return asking((request, question) => ({
    ...request,
    deviceRuntimeContext: by(request.deviceRuntimeContext as JsonObject, question),
  }));
}
