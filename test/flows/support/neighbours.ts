/** Healthy devices beside a hostile one: one that was there before, and one that comes afterwards, on each transport. */

import { expect } from 'vitest';
import { registerDevice } from '../../../device/wire-device.ts';
import type { Emulator } from '../../../emulator/index.ts';
import { DEVICE_TRANSPORTS } from '../../../emulator/wire/transports.ts';
import { connectDevice } from '../../mqtt/support/mqtt-device.ts';
import { deviceKey, SCOPE } from './emulators.ts';

/** Runs the mischief while a device is connected, and expects that device and new ones to be assigned all the same. */
export async function unaffected<T>(emulator: Emulator, mischief: () => Promise<T>): Promise<T> {
  const before = await connectDevice(emulator, { registrationId: 'there-before' });
  const result = await mischief();
  expect(await before.provision(), 'a device that was connected all the time').toMatchObject({ status: 'assigned' });
  for (const transport of DEVICE_TRANSPORTS) {
    const registrationId = `comes-later-over-${transport}`;
    const { host, port } = transport === 'mqtt' ? emulator.endpoints.mqtt : emulator.endpoints.https;
    const key = deviceKey(registrationId);
    const ca = emulator.ca.certificatePem;
    const later = await registerDevice({ host, port, transport, idScope: SCOPE, registrationId, key, ca });
    expect(later.outcome, registrationId).toBe('assigned');
  }
  before.raw.destroy();
  return result;
}
