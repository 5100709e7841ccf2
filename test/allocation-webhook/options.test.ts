import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { registerDevice } from '../../device/wire-device.ts';
import { type Emulator, type EmulatorOptions, OptionError, startEmulator } from '../../emulator/index.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import { type Answer, type StandIn, type StandInOptions, startStandIn } from '../../webhook/stand-in/index.ts';
import { customGroup, DEVICE, GROUP_KEY, HUB_A, SCOPE, setUpOf } from '../core/service-harness.ts';
import { authorityWithLeaf } from './certificates.ts';

/** Short for a wait, and long enough for a good answer on a busy machine. */
const ENOUGH_MS = 400;
const GOOD: Answer = { kind: 'json', body: { iotHubHostName: HUB_A } };

async function start(answers: readonly Answer[], options: EmulatorOptions, tls?: StandInOptions['tls']) {
  const standIn = await startStandIn(answers, { tls });
  onTestFinished(() => standIn.stop());
  const emulator = await startEmulator({ clock: 'skip', setUp: setUpOf(customGroup(standIn.url)), ...options });
  onTestFinished(() => emulator.stop());
  return { emulator, standIn };
}

async function registered({ endpoints, ca }: Emulator) {
  const { outcome, errorCode } = await registerDevice({
    ...endpoints.mqtt,
    ca: ca.certificatePem,
    transport: 'mqtt',
    idScope: SCOPE,
    registrationId: DEVICE,
    key: deriveDeviceKey(GROUP_KEY, DEVICE),
  });
  return errorCode ?? outcome;
}

/** Seconds on the emulator's clock between the calls. */
function callsAt({ journal }: Emulator): readonly number[] {
  const entries = journal.timeline(SCOPE, DEVICE)?.entries ?? [];
  const instants = entries.flatMap(({ event, atMs }) => (event.kind === 'webhook-attempt' ? [atMs] : []));
  return instants.map((atMs) => (atMs - (instants[0] ?? 0)) / 1000);
}

describe('the options of the webhook call', () => {
  it('webhookRealTimeoutMs shortens the real wait, webhookTimeoutMs is what the clock is charged', async () => {
    const options = { webhookTimeoutMs: 20_000, webhookRealTimeoutMs: ENOUGH_MS };
    const { emulator } = await start([{ kind: 'hang' }, GOOD], options);
    expect(await registered(emulator)).toBe('assigned');
    expect(callsAt(emulator)).toEqual([0, 21]);
  });

  it('without webhookRealTimeoutMs the real wait is webhookTimeoutMs', async () => {
    const { emulator } = await start([{ kind: 'hang' }, GOOD], { webhookTimeoutMs: ENOUGH_MS });
    expect(await registered(emulator)).toBe('assigned');
    expect(callsAt(emulator)).toEqual([0, 1 + ENOUGH_MS / 1000]);
  });

  it('a system clock is not charged: the wait was real', async () => {
    const options = { clock: 'system', webhookTimeoutMs: 25, assume: { 'webhook-timeout': 'fail' } } as const;
    const { emulator } = await start([{ kind: 'hang' }], options);
    const startedMs = performance.now();
    expect(await registered(emulator)).toBe(400207);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(emulator.clock.pending()).toEqual([]);
  });

  it('webhookResponseBytesMax is the largest answer that is read', async () => {
    const body = JSON.stringify({ iotHubHostName: HUB_A });
    const answers = [{ kind: 'text', text: body }] as const;
    const fits = await start(answers, { webhookResponseBytesMax: body.length });
    expect(await registered(fits.emulator)).toBe('assigned');
    const tooSmall = await start(answers, { webhookResponseBytesMax: body.length - 1 });
    expect(await registered(tooSmall.emulator)).toBe(400207);
  });

  it('webhookCa is trusted beside the public CAs and our own', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-webhook-ca-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const { ca, tls } = await authorityWithLeaf('127.0.0.1');
    const webhookCa = join(directory, 'ca.pem');
    await writeFile(webhookCa, ca);
    const ends: unknown[] = [];
    for (const options of [{ webhookCa }, {}]) {
      const started: { emulator: Emulator; standIn: StandIn } = await start([GOOD], options, tls);
      ends.push(await registered(started.emulator), started.standIn.count());
    }
    expect(ends).toEqual(['assigned', 1, 400207, 0]);
  });

  it.each([
    ['is not there', undefined],
    ['is no PEM', 'hello'],
  ])('a webhookCa that %s is refused at start', async (_title, text) => {
    const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-webhook-ca-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const webhookCa = join(directory, 'ca.pem');
    if (text !== undefined) await writeFile(webhookCa, text);
    await expect(startEmulator({ setUp: 'empty', webhookCa })).rejects.toThrow(OptionError);
  });
});
