import { describe, expect, it } from 'vitest';
import {
  customGroup,
  eventsOf,
  HUB_A,
  lookup,
  operationIdOf,
  poll,
  register,
  setUpOf,
  startHarness,
  untilConcluded,
  webhook,
} from '../service-harness.ts';

const STATIC = { allocationPolicy: 'static', iotHubs: [HUB_A] } as const;

describe('polling an operation', () => {
  it('the first answer has exactly two members and says when to come back [dps-device-protocol §1.5]', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    const reply = await register(harness);
    expect(reply).toMatchObject({ status: 202, retryAfterSeconds: 3 });
    expect(reply.text).toMatch(/^\{"operationId":"5\.[0-9a-f]{16}\.[0-9a-f-]{36}","status":"assigning"\}$/);
  });

  it('while assigning it is 202 with the id and the status of the registration', async () => {
    const standIn = await webhook([{ kind: 'hang' }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)) });
    const operationId = operationIdOf(await register(harness));
    const reply = await poll(harness, operationId);
    expect(reply).toMatchObject({ status: 202, retryAfterSeconds: 3 });
    expect(reply.text).toBe(
      `{"operationId":"${operationId}","status":"assigning","registrationState":{"registrationId":"device-1","status":"assigning"}}`,
    );
  });

  it('afterwards it is 200 and asks for nothing more', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    const reply = await untilConcluded(harness, operationIdOf(await register(harness)));
    expect(reply.status).toBe(200);
    expect(reply).not.toHaveProperty('retryAfterSeconds');
  });

  it.each([
    ['no operation id', undefined, 400, 400004, 'RequestInvalid', /operationId is required/],
    ['an empty one', '', 400, 400004, 'RequestInvalid', /operationId is required/],
    ['an unknown one', '5.0.0', 404, 404203, 'OperationNotFound', /no operation "5\.0\.0"/],
  ])('with %s', async (_title, operationId, status, errorCode, reason, detail) => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    expect(await poll(harness, operationId)).toMatchObject({ status, errorCode });
    expect(eventsOf(harness, 'refused')).toMatchObject([{ reason, detail: expect.stringMatching(detail) }]);
  });

  it("another device's operation is unknown", async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    const operationId = operationIdOf(await register(harness));
    expect(await poll(harness, operationId, { id: 'device-2' })).toMatchObject({ status: 404, errorCode: 404203 });
  });
});

describe('the life-time of an operation', () => {
  it("counts from its end on the emulator's clock: answered up to its last millisecond, then 404", async () => {
    const standIn = await webhook([{ kind: 'status', status: 500 }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)), operationLifetimeSeconds: 600 });
    const operationId = operationIdOf(await register(harness));
    await harness.clock.advance(415_000 + 600_000);
    expect((await poll(harness, operationId)).status).toBe(200);
    await harness.clock.advance(1);
    expect(await poll(harness, operationId)).toMatchObject({ status: 404, errorCode: 404203 });
    expect(eventsOf(harness, 'refused')).toMatchObject([{ detail: 'the life-time of the operation is over' }]);
    // The registration outlives its operation.
    expect((await lookup(harness)).body).toMatchObject({ status: 'failed' });
  });

  it('does not count while the operation is open', async () => {
    const standIn = await webhook([{ kind: 'status', status: 500 }]);
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)), operationLifetimeSeconds: 1 });
    const operationId = operationIdOf(await register(harness));
    await harness.clock.advance(414_000);
    expect((await poll(harness, operationId)).status).toBe(202);
  });

  it('of a disabled device counts from the register', async () => {
    const harness = await startHarness({
      setUp: setUpOf({ provisioningStatus: 'disabled' }),
      operationLifetimeSeconds: 5,
    });
    const operationId = operationIdOf(await register(harness));
    await harness.clock.advance(5_000);
    expect((await poll(harness, operationId)).status).toBe(200);
    await harness.clock.advance(1);
    expect((await poll(harness, operationId)).status).toBe(404);
  });

  it('a superseded one lives as long as the one that took its place', async () => {
    const standIn = await webhook((_request, index) =>
      index < 2 ? { kind: 'status', status: 500 } : { kind: 'json', body: { iotHubHostName: HUB_A } },
    );
    const harness = await startHarness({ setUp: setUpOf(customGroup(standIn.url)), operationLifetimeSeconds: 600 });
    const first = operationIdOf(await register(harness));
    await harness.clock.advance(5_000);
    const second = operationIdOf(await register(harness));
    await harness.clock.advance(600_000);
    expect([(await poll(harness, first)).status, (await poll(harness, second)).status]).toEqual([200, 200]);
    await harness.clock.advance(1);
    expect([(await poll(harness, first)).status, (await poll(harness, second)).status]).toEqual([404, 404]);
  });

  it('the oldest of very many operations of one device is forgotten', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    const ids: string[] = [];
    for (let count = 0; count < 40; count += 1) ids.push(operationIdOf(await register(harness)));
    await harness.clock.untilSleeping(0);
    expect((await poll(harness, ids[0])).status).toBe(404);
    expect((await poll(harness, ids.at(-1))).status).toBe(200);
  });
});

describe('looking a registration up', () => {
  it('answers its state, not wrapped in an operation', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    const { body } = await untilConcluded(harness, operationIdOf(await register(harness)));
    const reply = await lookup(harness);
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual('registrationState' in body ? body.registrationState : undefined);
  });

  it('is 404 for a device that never registered', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    expect(await lookup(harness)).toMatchObject({ status: 404, errorCode: 404202 });
  });

  it('answers disabled when the enrollment is disabled by now', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    await register(harness);
    await harness.clock.untilSleeping(0);
    await harness.seed(setUpOf({ ...STATIC, provisioningStatus: 'disabled' }));
    expect((await lookup(harness)).text).toBe('{"registrationId":"device-1","status":"disabled"}');
  });
});
