import { describe, expect, it } from 'vitest';
import type { Answer } from '../../webhook/stand-in/index.ts';
import {
  callInstants,
  customGroup,
  DEVICE,
  eventsOf,
  HUB_A,
  HUB_B,
  lookup,
  operationIdOf,
  poll,
  register,
  SCOPE,
  setUpOf,
  startHarness,
  untilConcluded,
  webhook,
} from './service-harness.ts';

const to = (iotHubHostName: string): Answer => ({ kind: 'json', body: { iotHubHostName } });
const BUSY: Answer = { kind: 'status', status: 500 };

describe('a second register while the first is assigning', () => {
  it('ends the ladder of the first, which is journaled, and opens an operation of its own', async () => {
    const standIn = await webhook((_request, index) => (index < 3 ? BUSY : to(HUB_B)));
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const first = operationIdOf(await register(harness));
    await harness.clock.advance(20_000);
    expect(callInstants(harness)).toEqual([0, 1, 11]);
    const second = operationIdOf(await register(harness));
    expect(second).not.toBe(first);
    expect(eventsOf(harness, 'superseded')).toEqual([{ kind: 'superseded', operationId: first, by: second }]);
    await harness.clock.advance(500_000);
    expect(callInstants(harness)).toEqual([0, 1, 11, 20]);
    expect(eventsOf(harness, 'concluded').map(({ operationId }) => operationId)).toEqual([second]);
    // The older id answers with what the registration has come to.
    const [older, newer] = [await poll(harness, first), await poll(harness, second)];
    expect(older.text).toBe(newer.text.replace(second, first));
    expect(older).toMatchObject({
      status: 200,
      body: { status: 'assigned', registrationState: { assignedHub: HUB_B } },
    });
    expect(harness.bugs).toEqual([]);
  });

  it('closes the connection of the call that is under way', async () => {
    const standIn = await webhook((_request, index) => (index === 0 ? { kind: 'hang' } : to(HUB_A)));
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await register(harness);
    await standIn.untilCalled(1);
    const second = operationIdOf(await register(harness, { payload: { second: true } }));
    expect(await untilConcluded(harness, second)).toMatchObject({ body: { status: 'assigned' } });
    expect(standIn.count()).toBe(2);
    expect(standIn.requests[1]?.bodyText).toContain('"payload":{"second":true}');
    expect(eventsOf(harness, 'webhook-attempt')).toHaveLength(1);
  });

  it('of many at once the last one counts, and each but it is superseded once', async () => {
    const standIn = await webhook([{ kind: 'slow', delayMs: 5, answer: to(HUB_A) }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const replies = await Promise.all(Array.from({ length: 20 }, (_, n) => register(harness, { payload: { n } })));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 202));
    const ids = replies.map(operationIdOf);
    expect(new Set(ids).size).toBe(20);
    const last = ids.at(-1) ?? '';
    expect(await untilConcluded(harness, last)).toMatchObject({ status: 200, body: { status: 'assigned' } });
    expect(eventsOf(harness, 'superseded').map(({ operationId }) => operationId)).toEqual(ids.slice(0, -1));
    expect(eventsOf(harness, 'concluded')).toHaveLength(1);
    expect(harness.clock.openHolds()).toEqual([]);
    expect(harness.bugs).toEqual([]);
  });

  it('in another case of the id is a register of the same device', async () => {
    const standIn = await webhook([BUSY]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const first = operationIdOf(await register(harness));
    const second = operationIdOf(await register(harness, { id: DEVICE.toUpperCase() }));
    expect(eventsOf(harness, 'superseded')).toMatchObject([{ operationId: first, by: second }]);
    expect(await harness.ports.registrations.list()).toHaveLength(1);
  });

  it('of a device that has just been disabled ends the ladder too', async () => {
    const standIn = await webhook([BUSY]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    await register(harness);
    await harness.clock.advance(5_000);
    await harness.seed(setUpOf(customGroup(standIn.url, { provisioningStatus: 'disabled' })));
    expect((await register(harness)).body).toMatchObject({ status: 'disabled' });
    expect(harness.clock.pending()).toEqual([]);
    await harness.clock.advance(500_000);
    expect(standIn.count()).toBe(2);
  });

  it('leaves an operation that had ended before as it was', async () => {
    const standIn = await webhook((_request, index) => (index === 0 ? to(HUB_A) : { kind: 'status', status: 400 }));
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const first = operationIdOf(await register(harness));
    await untilConcluded(harness, first);
    const second = operationIdOf(await register(harness));
    await untilConcluded(harness, second);
    expect((await poll(harness, first)).body).toMatchObject({ status: 'assigned' });
    expect((await poll(harness, second)).body).toMatchObject({ status: 'failed' });
    expect((await lookup(harness)).body).toMatchObject({ status: 'failed', errorCode: 400207 });
    expect(eventsOf(harness, 'superseded')).toEqual([]);
  });
});

describe('many devices at once', () => {
  it('each reaches its hub by its own answer', async () => {
    const standIn = await webhook(({ bodyText }) => {
      const n = Number(/"registrationId":"d-(\d+)"/.exec(bodyText)?.[1]);
      return { kind: 'slow', delayMs: n % 7, answer: to(n % 2 === 0 ? HUB_A : HUB_B) };
    });
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const ids = Array.from({ length: 100 }, (_, n) => `d-${n}`);
    const replies = await Promise.all(ids.map((id) => register(harness, { id })));
    await harness.clock.untilSleeping(0);
    for (const [n, id] of ids.entries()) {
      const reply = await poll(harness, operationIdOf(replies[n] ?? fail()), { id });
      expect(reply.body).toMatchObject({
        registrationState: { registrationId: id, assignedHub: n % 2 ? HUB_B : HUB_A },
      });
    }
    expect(new Set(replies.map(operationIdOf)).size).toBe(100);
    expect(new Set(replies.map(({ requestId }) => requestId)).size).toBe(100);
    for (const hub of [HUB_A, HUB_B]) expect(await harness.hubs.devices(hub)).toHaveLength(50);
  });

  it('one id in two scopes is two registrations', async () => {
    const other = '0ne00000002';
    const [first] = setUpOf({ allocationPolicy: 'static', iotHubs: [HUB_A] }).dps ?? [];
    const [second] = setUpOf({ allocationPolicy: 'static', iotHubs: [HUB_B] }).dps ?? [];
    if (!first || !second) throw new Error('no instance');
    const harness = await startHarness({ setUp: { dps: [first, { ...second, name: 'dps-2', idScope: other }] } });
    const [a, b] = await Promise.all([register(harness), register(harness, { idScope: other })]);
    await harness.clock.untilSleeping(0);
    const at = async (idScope: string) => (await harness.ports.registrations.get(idScope, DEVICE))?.assignment?.hub;
    expect([await at(SCOPE), await at(other)]).toEqual([HUB_A, HUB_B]);
    expect((await poll(harness, operationIdOf(a), { idScope: other })).status).toBe(404);
    expect((await poll(harness, operationIdOf(b), { idScope: other })).status).toBe(200);
  });
});

function fail(): never {
  throw new Error('no reply');
}
