/** The back end's requests: each with a token of its own, which lives for an hour on the clock that judges it. */
import { expect, it, onTestFinished } from 'vitest';
import { createServiceClient } from '../../client/service-client.ts';
import { startEmulator } from '../../emulator/index.ts';
import { parseConnectionString } from '../../emulator/wire/resource.ts';
import { azLine } from '../cli/az/support/az-line.ts';

const MINUTE_MS = 60_000;

it('mints a token for each request, which expires in an hour', async () => {
  const emulator = await startEmulator({ clock: 'manual', authClock: 'emulator' });
  onTestFinished(() => emulator.stop());
  const [service] = (await emulator.connectionStrings()).dps;
  const credential = parseConnectionString(service?.connectionString ?? '');
  if (credential === undefined) throw new Error('no connection string');
  const startMs = emulator.clock.now();
  const clientAt = (now: () => Promise<number>) =>
    createServiceClient({
      endpoint: { ...emulator.endpoints.https, ca: emulator.ca.certificatePem },
      credential,
      apiVersion: '2021-10-01',
      now,
    });
  const [old, current] = [clientAt(async () => startMs), clientAt(async () => emulator.clock.now())];
  const ask = (client: typeof old) =>
    client.askAll({ method: 'POST', path: '/enrollments/query', body: { query: '*' } });
  const isAnswered = async (client: typeof old) =>
    ask(client).then(
      () => true,
      (error: Error) => error.message.split('\n')[0],
    );
  await emulator.clock.advance(59 * MINUTE_MS);
  expect([await isAnswered(old), await isAnswered(current)]).toEqual([true, true]);
  await emulator.clock.advance(2 * MINUTE_MS);
  expect([await isAnswered(old), await isAnswered(current)]).toEqual([expect.stringContaining('(401'), true]);
  const words = ['iot', 'dps', 'enrollment-group', 'list', '--dps-name', credential.host.split('.')[0] ?? ''];
  const listed = await azLine([...words, '--emulator', emulator.endpoints.control]);
  expect([listed.code, listed.stderr]).toEqual([0, '']);
});
