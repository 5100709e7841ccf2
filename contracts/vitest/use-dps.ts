/** The fixture: an emulator that is started before each test, or before a file's, and stopped after it. */
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Dps, type DpsOptions, startDps } from '../testing/dps.ts';

export interface UseDpsOptions extends DpsOptions {
  /** Whose emulator it is: each test's own, or one for all tests of the file or `describe`. Default `test`. */
  readonly scope?: 'test' | 'file';
}

/**
 * To be called in a file or a `describe`; what it gives can be used inside tests.
 *
 * ```ts
 * const dps = useDps({ webhook: [{ kind: 'json', body: { iotHubHostName: 'my-hub.azure-devices.net' } }] });
 *
 * it('assigns my device', async () => {
 *   await registerMyDevice(dps.emulator.endpoints.provisioningHost);
 *   expect(dps.registration('my-device')).toBeAssignedTo('my-hub.azure-devices.net');
 * });
 * ```
 */
export function useDps(options: UseDpsOptions = {}): Omit<Dps, 'stop'> {
  const { scope = 'test', ...rest } = options;
  const [before, after] = scope === 'file' ? [beforeAll, afterAll] : [beforeEach, afterEach];
  let running: Dps | undefined;
  before(async () => {
    running = await startDps(rest);
  });
  after(async () => {
    const ended = running;
    running = undefined;
    await ended?.stop();
  });
  const current = (): Dps => {
    if (running !== undefined) return running;
    throw new Error('there is no emulator here: what useDps gives can be used inside a test, or a hook of one');
  };
  return {
    get emulator() {
      return current().emulator;
    },
    get webhook() {
      return current().webhook;
    },
    registration: (...args) => current().registration(...args),
    register: (...args) => current().register(...args),
  };
}
