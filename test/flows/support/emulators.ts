/** Emulators for tests of the device transports: two ID scopes, one group, and devices that are assigned at once. */
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Emulator, type EmulatorOptions, type SetUp, startEmulator } from '../../../emulator/index.ts';
import { makeDeviceSas, type SasOptions } from '../../../emulator/wire/device-sas.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';
import { lending } from './lent-emulators.ts';

export type { Emulator };

export const SCOPE = '0ne00000001';
export const OTHER_SCOPE = '0ne00000002';
export const HUB = 'hub-one.azure-devices.net';
export const OTHER_HUB = 'hub-two.azure-devices.net';
export const API_VERSION = '2021-06-01';

/** The published example key of a group. [dps-device-protocol §4] */
export const GROUP_KEY = '8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==';

/** An individual enrollment that is disabled. */
export const BLOCKED = 'blocked-device';

const symmetricKey = { type: 'symmetricKey', symmetricKey: { primaryKey: GROUP_KEY } } as const;

export function setUpForDevices(group: object = {}): SetUp {
  const enrollmentGroups = [{ enrollmentGroupId: 'devices', attestation: symmetricKey, ...group }];
  const enrollments = [
    { registrationId: BLOCKED, attestation: symmetricKey, provisioningStatus: 'disabled' },
    { registrationId: 'my:Reg-01', attestation: symmetricKey },
  ] as const;
  return {
    dps: [
      { name: 'one', idScope: SCOPE, linkedHubs: [HUB], enrollmentGroups, enrollments },
      { name: 'two', idScope: OTHER_SCOPE, linkedHubs: [OTHER_HUB], enrollmentGroups },
    ],
  };
}

export interface Identity {
  readonly idScope?: string;
  readonly registrationId: string;
}

/** A good token for a device of the group, unless told otherwise. */
export function tokenFor({ idScope = SCOPE, registrationId }: Identity, options: Partial<SasOptions> = {}): string {
  return makeDeviceSas({ idScope, registrationId, key: deviceKey(registrationId), ...options }, Date.now());
}

export function deviceKey(registrationId: string): string {
  return deriveDeviceKey(GROUP_KEY, registrationId);
}

/** Starts emulators for the tests of a file; each is stopped after its test, and a bug that it reported fails the test. */
export function emulatorsForTests(): (options?: EmulatorOptions) => Promise<Emulator> {
  const started: Emulator[] = [];
  const onBug = bugsFailTests();
  afterEach(() => Promise.all(started.splice(0).map((emulator) => emulator.stop())));
  return async (options = {}) => {
    const emulator = await startEmulator({ setUp: setUpForDevices(), clock: 'manual', onBug, ...options });
    started.push(emulator);
    return emulator;
  };
}

/** The same, lent: for the many tests of a file that ask for the same and leave no connection open. */
export function lentEmulatorsForTests(): (options?: EmulatorOptions) => Promise<Emulator> {
  const onBug = bugsFailTests();
  const lend = lending();
  return async (options = {}) => {
    const { emulator } = await lend(options, async () => {
      const started = await startEmulator({ setUp: setUpForDevices(), clock: 'manual', onBug, ...options });
      return { emulator: started, stop: started.stop };
    });
    return emulator;
  };
}

/** One emulator for all tests of a file: for long tables of requests of which none minds what the others left behind. */
export function emulatorForFile(options: EmulatorOptions = {}): () => Emulator {
  let emulator: Emulator | undefined;
  const onBug = bugsFailTests();
  beforeAll(async () => {
    emulator = await startEmulator({ setUp: setUpForDevices(), clock: 'manual', onBug, ...options });
  });
  afterAll(() => emulator?.stop());
  return () => {
    if (emulator === undefined) throw new Error('asked for before the tests began');
    return emulator;
  };
}

function bugsFailTests(): (error: unknown, where: string) => void {
  const bugs: string[] = [];
  afterEach(() => expect(bugs.splice(0), 'bugs that the emulator reported').toEqual([]));
  return (error, where) => bugs.push(`${where}: ${error instanceof Error ? error.stack : String(error)}`);
}
