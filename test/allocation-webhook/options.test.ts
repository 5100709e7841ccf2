import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { registerDevice } from '../../device/wire-device.ts';
import { OptionError, startEmulator } from '../../emulator/index.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import { type Answer, type Script, type ScriptFunction, startStandIn } from '../../webhook/stand-in/index.ts';
import {
  callInstants,
  customGroup,
  DEVICE,
  GROUP_KEY,
  type Harness,
  type HarnessOptions,
  HUB_A,
  provision,
  SCOPE,
  setUpOf,
  startHarness,
  webhook,
} from '../core/service-harness.ts';
import { holdTimeouts } from '../support/held-timeouts.ts';
import { authorityWithLeaf } from './certificates.ts';

const WAIT_MS = 400;
const GOOD: Answer = { kind: 'json', body: { iotHubHostName: HUB_A } };

/** A first call that hangs until WAIT_MS have passed, however long a good answer takes. */
function hangsOnce(): ScriptFunction {
  const letPass = holdTimeouts();
  return (_request, index) => {
    if (index > 0) return GOOD;
    letPass(WAIT_MS);
    return { kind: 'hang' };
  };
}

async function start(answers: Script, options: HarnessOptions): Promise<Harness> {
  return startHarness({ setUp: setUpOf(customGroup((await webhook(answers)).url)), ...options });
}

/** What a device that polls reads in the end. */
async function end(harness: Harness) {
  const { status, registrationState } = await provision(harness);
  return registrationState?.errorCode ?? status;
}

describe('the options of the webhook call', () => {
  it('webhookRealTimeoutMs shortens the real wait, webhookTimeoutMs is what the clock is charged', async () => {
    const harness = await start(hangsOnce(), { webhookTimeoutMs: 20_000, webhookRealTimeoutMs: WAIT_MS });
    expect(await end(harness)).toBe('assigned');
    expect(callInstants(harness)).toEqual([0, 21]);
  });

  it('without webhookRealTimeoutMs the real wait is webhookTimeoutMs', async () => {
    const harness = await start(hangsOnce(), { webhookTimeoutMs: WAIT_MS });
    expect(await end(harness)).toBe('assigned');
    expect(callInstants(harness)).toEqual([0, 1 + WAIT_MS / 1000]);
  });

  it('a system clock is not charged: the wait was real', async () => {
    const options = { clock: 'system', webhookTimeoutMs: 25, assume: { 'webhook-timeout': 'fail' } } as const;
    const harness = await start([{ kind: 'hang' }], options);
    expect(await end(harness)).toBe(400207);
    expect(harness.clock.pending()).toEqual([]);
  });

  it('webhookResponseBytesMax is the largest answer that is read', async () => {
    const body = JSON.stringify({ iotHubHostName: HUB_A });
    const answers = [{ kind: 'text', text: body }] as const;
    const fits = await start(answers, { webhookResponseBytesMax: body.length });
    expect(await end(fits)).toBe('assigned');
    const tooSmall = await start(answers, { webhookResponseBytesMax: body.length - 1 });
    expect(await end(tooSmall)).toBe(400207);
  });

  it('webhookCa is trusted beside the public CAs and our own', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-webhook-ca-'));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    const { ca, tls } = await authorityWithLeaf('127.0.0.1');
    const webhookCa = join(directory, 'ca.pem');
    await writeFile(webhookCa, ca);
    const ends: unknown[] = [];
    for (const options of [{ webhookCa }, {}]) {
      const standIn = await startStandIn([GOOD], { tls });
      onTestFinished(() => standIn.stop());
      const emulator = await startEmulator({ clock: 'skip', setUp: setUpOf(customGroup(standIn.url)), ...options });
      onTestFinished(() => emulator.stop());
      const { outcome, errorCode } = await registerDevice({
        ...emulator.endpoints.mqtt,
        ca: emulator.ca.certificatePem,
        transport: 'mqtt',
        idScope: SCOPE,
        registrationId: DEVICE,
        key: deriveDeviceKey(GROUP_KEY, DEVICE),
      });
      ends.push(errorCode ?? outcome, standIn.count());
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

  it.each([
    'localhost:7071',
    'ftp://example/api',
    'not a url',
  ])('a webhook at "%s" is refused at start', async (webhook) => {
    const fault = new OptionError(`webhook: must be an http or https URL (is "${webhook}")`);
    await expect(startEmulator({ webhook })).rejects.toThrow(fault);
  });

  it('a function key in a URL that is refused is not repeated', async () => {
    const fault = new OptionError('webhook: must be an http or https URL (is "ftp://functions.example/f?****")');
    await expect(startEmulator({ webhook: 'ftp://functions.example/f?code=c2VjcmV0Y29kZQ' })).rejects.toThrow(fault);
  });
});
