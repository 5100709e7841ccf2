/** What provokes each assumption about the webhook, and what comes of each of its values. */

import { EventEmitter, once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { Assumptions } from '../../emulator/core/assumptions.ts';
import type { WebhookOutcome } from '../../emulator/core/ports.ts';
import { type Answer, type Script, startStandIn } from '../../webhook/stand-in/index.ts';
import { authorityWithLeaf } from '../allocation-webhook/certificates.ts';
import { closedPort } from '../allocation-webhook/raw-server.ts';
import {
  callInstants,
  customGroup,
  eventsOf,
  HUB_A,
  operationIdOf,
  provision,
  register,
  START_MS,
  setUpOf,
  startHarness,
  untilConcluded,
  webhook,
} from './service-harness.ts';
import { createJsonStore } from './store/json-store.ts';

export type Assume = Partial<Assumptions>;

/** What one value of an assumption leads to, told as data. */
export interface Row<Value extends string> {
  readonly provoke: (assume: Assume) => Promise<unknown>;
  readonly outcomes: { readonly [V in Value]: unknown };
}

/** How a registration ended: what the device reads, and how often the webhook was called. */
async function endWith(url: string, assume: Assume, more: Parameters<typeof startHarness>[0] = {}) {
  const initialTwin = { tags: { from: 'enrollment' } };
  const harness = await startHarness({ setUp: setUpOf(customGroup(url, { initialTwin })), assume, ...more });
  const { status, registrationState } = await provision(harness);
  if (harness.bugs.length > 0) throw harness.bugs[0];
  const { errorCode, assignedHub, payload } = registrationState ?? {};
  const calls = eventsOf(harness, 'webhook-attempt').length;
  const tags = (await harness.hubs.twin(HUB_A, 'device-1'))?.tags;
  const isLate = registrationState?.errorMessage === LATE.words;
  const late = isLate && { words: LATE.words, afterSeconds: (harness.clock.now() - START_MS) / 1000 };
  const end = errorCode ?? `${status} to ${assignedHub}`;
  return { end, calls, ...(payload && { payload }), ...(tags && { tags }), ...late };
}

const answering = (script: Script) => async (assume: Assume) => endWith((await webhook(script)).url, assume);
const body = (value: unknown, status = 200): readonly Answer[] => [{ kind: 'json', status, body: value }];
const hub = (more: object) => body({ iotHubHostName: HUB_A, ...more });

const assigned = { end: `assigned to ${HUB_A}`, calls: 1, tags: { from: 'enrollment' } };
const failed = (end: number, calls = 1) => ({ end, calls });
const retryOrFail = { retry: failed(400207, 11), fail: failed(400207, 1) };
/** One report, azure-docs #69789. */
const LATE = { words: 'An error occurred while sending the request.', afterSeconds: 21 };
const retryFailOrLate = { ...retryOrFail, 'fail-late': { ...failed(400207), ...LATE } };
const either = { 400207: failed(400207), 400208: failed(400208) };

/** The emulator ends while the webhook is called, and another one takes the registration up: when does it call? */
async function interruptedCall(assume: Assume) {
  const records = createJsonStore();
  const calls = new EventEmitter();
  const first = await startHarness({
    setUp: setUpOf(customGroup('http://webhook.test/')),
    records,
    postJson: async (_url, _body, _options, signal) => {
      calls.emit('call');
      await once(signal, 'abort');
      throw signal.reason;
    },
  });
  const called = once(calls, 'call');
  const operationId = operationIdOf(await register(first));
  await called;
  await first.stop();
  const answer: WebhookOutcome = { kind: 'response', status: 200, body: JSON.stringify({ iotHubHostName: HUB_A }) };
  const second = await startHarness({
    records: createJsonStore(records.content()),
    startTime: new Date(START_MS).toISOString(),
    assume,
    postJson: async () => answer,
  });
  const { body: end } = await untilConcluded(second, operationId);
  return { status: 'status' in end ? end.status : undefined, callsAt: callInstants(second) };
}

export const webhookRows = {
  'interrupted-webhook-call': {
    provoke: interruptedCall,
    outcomes: { repeat: { status: 'assigned', callsAt: [0] }, count: { status: 'assigned', callsAt: [1] } },
  },
  'webhook-timeout': {
    provoke: async (assume: Assume) =>
      endWith((await webhook([{ kind: 'hang' }])).url, assume, { webhookRealTimeoutMs: 5 }),
    outcomes: retryOrFail,
  },
  'webhook-refused': {
    provoke: async (assume: Assume) => endWith(`http://127.0.0.1:${await closedPort()}/`, assume),
    outcomes: retryFailOrLate,
  },
  'webhook-dns': {
    provoke: (assume: Assume) => endWith('http://dps-emulator.invalid/api', assume),
    outcomes: retryFailOrLate,
  },
  'webhook-tls': {
    provoke: async (assume: Assume) => {
      const { tls } = await authorityWithLeaf('127.0.0.1');
      const standIn = await startStandIn(hub({}), { tls });
      onTestFinished(() => standIn.stop());
      return endWith(standIn.url, assume);
    },
    outcomes: retryFailOrLate,
  },
  'webhook-dropped': { provoke: answering([{ kind: 'drop-mid-body' }]), outcomes: retryFailOrLate },
  'webhook-garbage': { provoke: answering([{ kind: 'garbage' }]), outcomes: retryFailOrLate },
  'webhook-too-large': {
    provoke: answering([{ kind: 'huge', bytes: 1e9, body: { iotHubHostName: HUB_A } }]),
    outcomes: either,
  },
  'webhook-redirect': {
    provoke: answering([{ kind: 'redirect', to: '/there' }, ...hub({})]),
    outcomes: { fail: failed(400207), follow: assigned },
  },
  'webhook-other-2xx': {
    provoke: answering(body({ iotHubHostName: HUB_A }, 202)),
    outcomes: { accept: assigned, fail: failed(400207) },
  },
  'webhook-empty-body': { provoke: answering([{ kind: 'status', status: 200 }]), outcomes: either },
  'webhook-not-json': { provoke: answering([{ kind: 'text', text: '<html>' }]), outcomes: either },
  'webhook-not-object': { provoke: answering(body([HUB_A])), outcomes: either },
  'webhook-hub-absent': { provoke: answering(body({ hub: HUB_A })), outcomes: either },
  'webhook-hub-type': { provoke: answering(body({ iotHubHostName: [HUB_A] })), outcomes: either },
  'webhook-hub-unlinked': {
    provoke: answering(body({ iotHubHostName: 'elsewhere.azure-devices.net' })),
    outcomes: either,
  },
  'webhook-hub-case': {
    provoke: answering(body({ iotHubHostName: HUB_A.toUpperCase() })),
    outcomes: { accept: assigned, refuse: failed(400207) },
  },
  'webhook-payload-scalar': {
    provoke: answering(hub({ payload: '123' })),
    outcomes: { 400207: failed(400207), drop: assigned },
  },
  'webhook-payload-array': {
    provoke: answering(hub({ payload: [{}] })),
    outcomes: { 400207: failed(400207), drop: assigned },
  },
  'webhook-twin-type': {
    provoke: answering(hub({ initialTwin: { tags: 'red' } })),
    outcomes: { 400207: failed(400207), ignore: assigned },
  },
  'webhook-twin-refused': {
    provoke: answering(hub({ initialTwin: { tags: { 'a.b': 1 } } })),
    outcomes: { 400207: failed(400207), ignore: assigned },
  },
  'twin-null': {
    provoke: answering(hub({ initialTwin: { tags: { colour: null } } })),
    outcomes: { 400004: failed(400004), keep: { ...assigned, tags: { colour: null } } },
  },
  'webhook-exhausted': {
    provoke: answering([{ kind: 'status', status: 500 }]),
    outcomes: { 400207: failed(400207, 11), 400209: failed(400209, 11) },
  },
} as const;
