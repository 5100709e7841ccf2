/** A webhook that redirects to the emulator itself gets nowhere, by whatever name it calls it. */
import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../../emulator/index.ts';
import { createOwnPlaces } from '../../emulator/own-places.ts';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { SCOPE, setUpForDevices } from '../flows/support/emulators.ts';
import { connectDevice } from '../mqtt/support/mqtt-device.ts';

const own = createOwnPlaces();
own.add([8980, 443]);
const outward = Object.values(networkInterfaces())
  .flatMap((all = []) => all)
  .filter(({ internal, family }) => !internal && family === 'IPv4')
  .map(({ address }) => `http://${address}:8980/`);

describe('a URL', () => {
  it.each([
    'http://127.0.0.1:8980/reset',
    'http://localhost:8980/',
    'http://127.0.0.9:8980/',
    'http://[::1]:8980/',
    'http://[::ffff:127.0.0.1]:8980/',
    'http://0.0.0.0:8980/',
    'http://2130706433:8980/',
    'https://localhost/',
    ...outward,
  ])('%s leads to the emulator', async (url) => {
    expect(await own.isElsewhere(url)).toBe(false);
  });

  it.each([
    'http://127.0.0.1:7071/api',
    'http://192.0.2.1:8980/',
    'https://192.0.2.1/',
    'http://nowhere.invalid:8980/',
  ])('%s does not', async (url) => {
    expect(await own.isElsewhere(url)).toBe(true);
  });
});

it('a redirect to the control API is an answer like any other, and the control API hears nothing of it', async () => {
  let control = '';
  const standIn = await startStandIn(() => ({ kind: 'redirect', to: `${control}/clock/next`, status: 307 }));
  onTestFinished(() => standIn.stop());
  const emulator = await startEmulator({
    setUp: setUpForDevices({
      allocationPolicy: 'custom',
      customAllocationDefinition: { webhookUrl: standIn.url, apiVersion: '2021-10-01' },
    }),
    clock: 'skip',
    assume: { 'webhook-redirect': 'follow' },
  });
  onTestFinished(() => emulator.stop());
  control = emulator.endpoints.control;
  const device = await connectDevice(emulator, { registrationId: 'redirected' });
  expect(await device.provision()).toMatchObject({ status: 'failed' });
  const entries = emulator.journal.timeline(SCOPE, 'redirected')?.entries ?? [];
  const statuses = entries.flatMap(({ event }) => (event.kind === 'webhook-attempt' ? [event.status] : []));
  expect(statuses).toEqual([307]);
});
