/** Webhooks that are wrong: what verification, or the tutorial's own cases, have to find in somebody's function. */
import type { Answer, RecordedRequest } from '../../../webhook/stand-in/index.ts';
import { identified, type WebhookMutant } from '../mutant.ts';

const TOASTERS = 'contoso-toasters-hub-1098.azure-devices.net';
const HEAT_PUMPS = 'contoso-heatpumps-hub-1098.azure-devices.net';

export const WRONG_WEBHOOKS = identified<WebhookMutant>({
  'always-the-same-hub': {
    wrong: 'names the hub of the demo, whether it is offered or not',
    reason: 'A host name in the code works until the second provisioning service, or the next hub.',
    killedBy: { verify: 'hubs.neutral-1' },
    at: 'hub-linked',
    script: () => () => json({ iotHubHostName: TOASTERS }),
  },
  'hub-in-capitals': {
    wrong: 'spells the hub in another case than the request',
    reason: 'Names out of a table of its own; whether the service compares with case is not on record.',
    killedBy: { verify: 'hubs.one-1' },
    at: 'hub-linked',
    script: () => (request) => json({ iotHubHostName: firstHub(request).toUpperCase() }),
  },
  'another-hub-each-time': {
    wrong: 'deals hubs out in turn',
    reason: 'Round robin looks fair; but every registration asks again, and every answer may move the device.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'same-hub',
    script: () => {
      const turns = new Map<string, number>();
      return (request) => {
        const { id, hubs } = readRequest(request);
        const turn = turns.get(id) ?? 0;
        turns.set(id, turn + 1);
        return json({ iotHubHostName: hubs[turn % hubs.length] });
      };
    },
  },
  'breaks-at-long-ids': {
    wrong: 'answers 500 to long registration ids',
    reason: 'A column of 64 characters; ids have up to 128.',
    killedBy: { verify: 'id.longest' },
    at: 'not-retried',
    script: () => (request) =>
      readRequest(request).id.length > 64
        ? { kind: 'status', status: 500 }
        : json({ iotHubHostName: firstHub(request) }),
  },
  'too-slow': {
    wrong: 'takes longer to answer than anybody waits',
    reason: 'A cold start, or a call of a back end that hangs; the service asks again while the first still runs.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'in-time',
    script: () => () => ({ kind: 'hang' }),
    timeoutMs: 100,
  },
  'list-as-payload': {
    wrong: 'returns a list as payload',
    reason: 'The published description types it as an object.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'payload-object',
    script: () => (request) => json({ iotHubHostName: firstHub(request), payload: [1, 2] }),
  },
  'refuses-its-own-key': {
    wrong: 'answers 401 although it is called with its function code',
    reason: 'A code that was rolled, or one of another function; the device is told 400209 at once.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'authorized',
    script: () => () => ({ kind: 'status', status: 401 }),
  },
  'hangs-up': {
    wrong: 'drops the connection instead of answering',
    reason: 'A process that crashes at a request; the service retries for seven minutes.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'connection',
    script: () => () => ({ kind: 'drop' }),
  },
  'answers-with-a-page': {
    wrong: 'answers 200 with a page of HTML',
    reason: 'A login page or a proxy in front of the function.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'json',
    script: () => () => ({ kind: 'text', text: '<!doctype html><title>Sign in</title>', contentType: 'text/html' }),
  },
  'names-no-hub': {
    wrong: 'answers with an empty hub when it does not know what to do',
    reason: 'Row 2 of the table; a refusal would say what is the matter.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'hub-specified',
    script: () => () => json({ iotHubHostName: '' }),
  },
  'dotted-twin-key': {
    wrong: 'puts a dot into a key of the twin',
    reason: 'Flattened settings; the hub refuses the twin, and the device is not assigned.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'twin-limits',
    script: () => (request) =>
      json({
        iotHubHostName: firstHub(request),
        initialTwin: { properties: { desired: { 'fan.speed': 3 } } },
      }),
  },
  'twin-as-text': {
    wrong: 'returns the twin as a text that holds JSON',
    reason: 'Serialised twice.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'twin-shape',
    script: () => (request) =>
      json({ iotHubHostName: firstHub(request), initialTwin: JSON.stringify({ tags: { a: 1 } }) }),
  },
  'reads-by-position': {
    wrong: 'decides by where a member stands in the text of the request',
    reason: "A regular expression instead of a parser; the order of JSON members is nobody's promise.",
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'key-order',
    script: () => (request) => {
      const { hubs } = readRequest(request);
      const isLast = request.bodyText.indexOf('"linkedHubs"') > request.bodyText.indexOf('"deviceRuntimeContext"');
      return json({ iotHubHostName: isLast ? hubs[0] : hubs.at(-1) });
    },
  },
  'answers-without-end': {
    wrong: 'answers with more than 1 MiB',
    reason: 'A whole device list as payload, say.',
    killedBy: { verify: 'group.symmetricKey.first.payload' },
    at: 'answer-size',
    script: () => () => ({ kind: 'huge', bytes: 1_100_000, body: {} }),
  },
  'toasters-among-heat-pumps': {
    wrong: 'sends toasters to the heat pumps',
    reason: 'Two lines swapped: every answer is well formed, so only a case that knows the devices can tell.',
    killedBy: { contract: 'tutorial-toaster' },
    at: 'expect.hub',
    script: () => (request) => asTutorial(request, { toaster: { hub: HEAT_PUMPS, twin: TOASTER_TWIN } }),
  },
  'forgets-the-twin': {
    wrong: 'chooses the right hub and returns no twin',
    reason: 'The device is assigned, and comes up without its settings.',
    killedBy: { contract: 'tutorial-heat-pump' },
    at: 'expect.twin',
    script: () => (request) => asTutorial(request, { heatPump: { hub: HEAT_PUMPS } }),
  },
  'takes-in-strangers': {
    wrong: 'gives a hub to devices that it does not know',
    reason: 'A default at the end of the ifs; the tutorial refuses with 400.',
    killedBy: { contract: 'tutorial-unknown-device' },
    at: 'expect.status',
    script: () => (request) => asTutorial(request, { stranger: json({ iotHubHostName: firstHub(request) }) }),
  },
  'does-not-look-at-linked-hubs': {
    wrong: 'names the right hub although it is not offered',
    reason: 'The tutorial looks for it among linkedHubs and refuses when it is missing; this one answers all the same.',
    killedBy: { contract: 'tutorial-missing-hub' },
    at: 'expect.status',
    script: () => () => json({ iotHubHostName: HEAT_PUMPS }),
  },
  'answers-for-the-neighbour': {
    wrong: 'keeps the device in a global variable, and answers for the one before',
    reason: 'Functions are instances that live on between calls.',
    killedBy: { contract: 'tutorial-both-devices' },
    at: 'expect.devices.',
    script: () => {
      let last: RecordedRequest | undefined;
      return (request) => {
        const about = last ?? request;
        last = request;
        return asTutorial(about, {});
      };
    },
  },
});

interface Place {
  readonly hub: string;
  readonly twin?: object;
}

const TOASTER_TWIN = {
  tags: { deviceType: 'toaster' },
  properties: { desired: { state: 'ready', darknessSetting: 'medium' } },
};
const HEAT_PUMP_TWIN = {
  tags: { deviceType: 'heatpump' },
  properties: { desired: { state: 'on', temperatureSetting: '65' } },
};

/** The tutorial's decisions, with something of it otherwise. */
function asTutorial(
  request: RecordedRequest,
  other: { readonly toaster?: Place; readonly heatPump?: Place; readonly stranger?: Answer },
): Answer {
  const { id } = readRequest(request);
  const toaster = other.toaster ?? { hub: TOASTERS, twin: TOASTER_TWIN };
  const heatPump = other.heatPump ?? { hub: HEAT_PUMPS, twin: HEAT_PUMP_TWIN };
  if (id.includes('-contoso-tstrsd-007')) return placed(toaster);
  if (id.includes('-contoso-hpsd-088')) return placed(heatPump);
  return other.stranger ?? { kind: 'status', status: 400 };
}

function placed({ hub, twin }: Place): Answer {
  return json({ iotHubHostName: hub, ...(twin && { initialTwin: twin }) });
}

function json(body: unknown): Answer {
  return { kind: 'json', body };
}

function firstHub(request: RecordedRequest): string {
  return readRequest(request).hubs[0] ?? '';
}

function readRequest(request: RecordedRequest): { readonly id: string; readonly hubs: readonly string[] } {
  const { deviceRuntimeContext, linkedHubs } = request.json() as {
    readonly deviceRuntimeContext: { readonly registrationId: string };
    readonly linkedHubs: readonly string[];
  };
  return { id: deviceRuntimeContext.registrationId, hubs: linkedHubs };
}
