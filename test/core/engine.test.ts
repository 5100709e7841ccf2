/** The engine as it stands without sockets: an answering core, its own stores, and the ways back. */
import { expect, it } from 'vitest';
import { createMemoryStore } from '../../emulator/core/store/memory/memory-store.ts';
import {
  callInstants,
  customGroup,
  DEVICE,
  type HarnessOptions,
  HUB_A,
  provision,
  register,
  SCOPE,
  START_MS,
  setUpOf,
  startHarness,
} from './service-harness.ts';

const setUp = setUpOf(customGroup('http://webhook.example/api'));

/** Busy twice, then a hub: without a socket. */
function scripted(): HarnessOptions['postJson'] {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= 2) return { kind: 'response', status: 503, body: '' };
    return { kind: 'response', status: 200, body: JSON.stringify({ iotHubHostName: HUB_A }) };
  };
}

it('answers a device, plays the ladder and assigns it, with a webhook that is a function', async () => {
  const harness = await startHarness({ setUp, postJson: scripted() });
  expect(await provision(harness)).toMatchObject({ status: 'assigned', registrationState: { assignedHub: HUB_A } });
  expect(callInstants(harness)).toEqual([0, 1, 11]);
  expect(harness.clock.now()).toBe(START_MS + 11_000);
  expect(harness.bugs).toEqual([]);
});

it('is the same for the same seed and another one for another', async () => {
  const traceOf = async (seed: string): Promise<unknown> => {
    const harness = await startHarness({ setUp, seed, postJson: scripted() });
    await provision(harness);
    return harness.engine.state.trace();
  };
  expect(await traceOf('a')).toEqual(await traceOf('a'));
  expect(await traceOf('b')).not.toEqual(await traceOf('a'));
});

it('works on the store that it is given, and without a set-up leaves what they hold', async () => {
  const records = createMemoryStore();
  const first = await startHarness({ setUp, records, postJson: scripted() });
  await provision(first);
  await first.stop();
  const second = await startHarness({ records });
  expect(await second.engine.state.idScopes()).toEqual([SCOPE]);
  expect(await second.engine.state.registration(SCOPE, DEVICE)).toMatchObject({ status: 'assigned' });
});

it('forgets what happened and what was seeded at reset, and the clock goes on', async () => {
  const harness = await startHarness({ setUp, postJson: scripted() });
  const { state } = harness.engine;
  const atStart = await state.exportSetUp();
  await provision(harness);
  await state.seed({ hubs: ['more.azure-devices.net'] });
  await state.reset();
  expect(await state.registrations()).toEqual([]);
  expect(state.trace()).toEqual([]);
  const names = ({ hubs = [] }: typeof atStart) => hubs.map((hub) => (typeof hub === 'string' ? hub : hub.name));
  expect(names(await state.exportSetUp())).toEqual(names(atStart));
  expect(harness.clock.now()).toBe(START_MS + 11_000);
  expect((await register(harness)).status).toBe(202);
});
