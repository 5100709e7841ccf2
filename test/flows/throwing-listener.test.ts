import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../emulator/index.ts';
import { ask, goodRequest, TRANSPORTS } from './support/ask.ts';
import { SCOPE, setUpForDevices } from './support/emulators.ts';

describe('a listener of the journal that throws', () => {
  it.each(
    TRANSPORTS,
  )('is reported, and harms neither a register, nor a poll, nor the allocation over %s', async (transport) => {
    const bugs: string[] = [];
    const onBug = (_error: unknown, where: string): number => bugs.push(where);
    const emulator = await startEmulator({ setUp: setUpForDevices(), onBug });
    onTestFinished(() => emulator.stop());
    emulator.journal.subscribe(() => {
      throw new Error('a test of the customer');
    });
    const first = await ask(emulator, transport, goodRequest('register', SCOPE, 'device'));
    expect(first.status).toBe(202);
    await emulator.clock.untilSleeping(0);
    const { status, body } = await ask(
      emulator,
      transport,
      goodRequest('poll', SCOPE, 'device', String(first.body.operationId)),
    );
    expect([status, body.status]).toEqual([200, 'assigned']);
    expect(new Set(bugs)).toEqual(new Set(['a listener of the journal']));
  });
});
