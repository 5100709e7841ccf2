import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../emulator/core/store/memory/memory-store.ts';
import {
  customGroup,
  DEVICE,
  eventsOf,
  HUB_A,
  lookup,
  provision,
  register,
  SCOPE,
  setUpOf,
  startHarness,
} from './service-harness.ts';

const STATIC = { allocationPolicy: 'static', iotHubs: [HUB_A] } as const;
const broken = async (): Promise<never> => {
  throw new Error('the disk is full');
};

describe('what is a bug of ours, or looks like one', () => {
  it.each([
    ['the registrations', 'registrations'],
    ['the enrollments', `groups/${SCOPE}`],
    ['the instances', 'instances'],
  ])('%s cannot be read: 500, reported, and nothing of it told to the device', async (_title, place) => {
    const records = createMemoryStore();
    const harness = await startHarness({ setUp: setUpOf(STATIC), records });
    const { get, page } = records;
    records.get = (collection, key) => (collection === place ? broken() : get(collection, key));
    records.page = (list, request) => (list === place ? broken() : page(list, request));
    for (const ask of [register, lookup]) {
      const reply = await ask(harness);
      expect(reply).toMatchObject({ status: 500, errorCode: 500001 });
      expect(reply.text).not.toContain('disk');
    }
    expect(harness.bugs).toHaveLength(2);
    expect(eventsOf(harness, 'refused').map(({ reason, detail }) => [reason, detail])).toEqual([
      ['InternalError', 'the disk is full'],
      ['InternalError', 'the disk is full'],
    ]);
  });

  it('a reply that says 202 leaves only when the store has it', async () => {
    const records = createMemoryStore();
    const harness = await startHarness({ setUp: setUpOf(STATIC), records });
    records.commit = broken;
    expect((await register(harness)).status).toBe(500);
    expect(await harness.hubs.devices(HUB_A)).toEqual([]);
    expect(await harness.ports.registrations.list()).toEqual([]);
  });

  it('an allocation that throws ends the registration, so that the device does not poll for ever', async () => {
    const harness = await startHarness({
      setUp: setUpOf(customGroup('http://127.0.0.1:1/')),
      ports: () => ({ allocateCustom: broken }),
    });
    const { registrationState } = await provision(harness);
    expect(registrationState).toMatchObject({
      status: 'failed',
      errorCode: 500001,
      errorMessage: 'The service hit an internal error.',
    });
    expect(harness.bugs).toHaveLength(1);
    expect(eventsOf(harness, 'concluded')).toMatchObject([{ reason: 'the disk is full' }]);
    expect(harness.clock.openHolds()).toEqual([]);
  });

  it('a hub that does not exist ends the registration with 401001', async () => {
    const ports = () => ({ hubs: { provision: async () => ({ kind: 'no-such-hub' }) as const } });
    const harness = await startHarness({ setUp: setUpOf(STATIC), ports });
    expect((await provision(harness)).registrationState).toMatchObject({ status: 'failed', errorCode: 401001 });
    expect(eventsOf(harness, 'concluded')[0]?.reason).toContain(`the hub "${HUB_A}" does not exist`);
    expect((await harness.ports.registrations.get(SCOPE, DEVICE))?.assignment).toBeUndefined();
  });

  it('every reply has a request id of its own, which is the tracking id of an error', async () => {
    const harness = await startHarness({ setUp: setUpOf(STATIC) });
    const replies = [await register(harness), await register(harness, { idScope: '0ne9' }), await lookup(harness)];
    expect(new Set(replies.map(({ requestId }) => requestId)).size).toBe(3);
    expect(replies[1]?.body).toMatchObject({ trackingId: replies[1]?.requestId });
    expect(Object.keys(replies[1]?.body ?? {})).toEqual(['errorCode', 'trackingId', 'message', 'timestampUtc']);
  });
});
