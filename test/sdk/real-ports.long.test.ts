/** The official device SDK on the ports and under the name that it has compiled in, in a network of its own. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SdkResult } from '../../device/sdk-device.ts';
import { inPrivateNamespace } from './support/private-namespace.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCRIPT = join(import.meta.dirname, 'support/real-ports.mjs');
const MODULES = ['emulator/index.js', 'device/sdk-device.js', 'emulator/wire/symmetric-key.js'];
const HOSTS = '127.0.0.1 localhost global.azure-devices-provisioning.net\n';

type Results = Readonly<Record<string, Readonly<Record<'assigned' | 'blocked' | 'refused', SdkResult>>>>;

let directory: string;
let results: Results | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'real-ports-'));
  const hosts = join(directory, 'hosts');
  await writeFile(hosts, HOSTS);
  const modules = MODULES.map((name) => pathToFileURL(join(ROOT, 'dist', name)).href);
  const command = inPrivateNamespace(hosts, [process.execPath, SCRIPT, ...modules]);
  if (command === undefined) return;
  const [program = '', ...args] = command;
  const { stdout } = await promisify(execFile)(program, args);
  results = JSON.parse(stdout);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe.each(['mqtt', 'mqtt-ws', 'https'] as const)('the official SDK over %s, under the real name', (transport) => {
  it('is assigned, refused and disabled as over the wire', (context) => {
    if (results === undefined) {
      return context.skip('it dials port 443, and this machine allows no network namespace of its own (unshare -n -m)');
    }
    const registrationId = `my:Reg-${transport}`;
    expect(results[transport]?.assigned).toMatchObject({
      ok: true,
      registrationState: { registrationId, deviceId: registrationId, assignedHub: 'hub-one.azure-devices.net' },
    });
    expect(results[transport]?.blocked).toMatchObject({
      ok: false,
      errorName: 'SyntaxError',
      errorMessage: 'status is disabled',
    });
    // Over HTTPS the SDK attaches no body, and its message is the text of it.
    expect(results[transport]?.refused).toMatchObject({ ok: false, errorName: 'UnauthorizedError' });
    const told = JSON.stringify(results[transport]?.refused);
    expect(told).toMatch(/401002/);
  });
});
