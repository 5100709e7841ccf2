/** Any command as a device: what it is told, what its end means, and that nothing of it is left behind. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunOptions } from '../../../contracts/run/run-contracts.ts';
import { holdTimeouts } from '../../support/held-timeouts.ts';
import { HEAD, resultOf } from '../support/case-folder.ts';

const PROGRAM = join(import.meta.dirname, '../support/device-program.mjs');

function command(...words: readonly string[]): string {
  return [process.execPath, PROGRAM, ...words].map((word) => `'${word}'`).join(' ');
}

function yaml(answer: string, expected: string, id = 'sample-device'): string {
  return `id: sample
${HEAD}given: { extends: plain, webhook: { answers: [${answer}] } }
device: { registrationId: '${id}', payload: { a: 1 } }
expect: { ${expected} }
`;
}

const ALPHA = '{ kind: json, body: { iotHubHostName: alpha-hub.azure-devices.net, payload: { b: 2 } } }';
const REFUSES = '{ kind: status, status: 400 }';

/** The program speaks HTTPS. */
function play(how: readonly string[], text: string, options: RunOptions = {}) {
  return resultOf(text, { deviceCommand: command(...how), transports: ['https'], ...options });
}

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dps-emulator-command-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'out.json');
}

describe('a command', () => {
  it('that registers and ends with 0 is an assigned device, its last JSON line its report', async () => {
    const result = await play(
      ['talks'],
      yaml(
        ALPHA,
        'status: assigned, payload: { b: 2 }, webhookRequests: [{ body: { deviceRuntimeContext: { payload: { a: 1 } } } }], device: { outcome: assigned, result: PROV_DEVICE_RESULT_OK }',
      ),
    );
    expect(result.mismatches).toEqual([]);
    expect(result).toMatchObject({ outcome: 'passed', checks: 5 });
  });

  it('that ends with another status is a device that was not assigned', async () => {
    const result = await play(
      ['talks'],
      yaml(REFUSES, 'status: failed, errorCode: 400207, device: { outcome: failed }'),
    );
    expect(result.mismatches).toEqual([]);
  });

  it('that waits for a webhook in its retries lets the case move the clock', async () => {
    const text = yaml(`{ kind: status, status: 503 }, ${ALPHA}`, 'status: assigned, callsAtSeconds: [0, 1]');
    const steps =
      'steps: [{ register: device }, { expect: { status: assigning } }, { advance: 1 }, { poll: device }]\n';
    expect(await play(['talks'], text + steps)).toMatchObject({ outcome: 'passed', mismatches: [] });
  });

  it.each([
    [
      'says that all is well when it is not',
      ['lies-about-success'],
      REFUSES,
      'the service answered failed, and the device reports assigned (exit status 0)',
    ],
    [
      'gives up although it was assigned',
      ['quiet-failure'],
      ALPHA,
      'the service answered assigned, and the device reports failed (exit status 1: giving up)',
    ],
    [
      'found another hub than it was given',
      ['lies-about-hub'],
      ALPHA,
      'the service answered hub "alpha-hub.azure-devices.net", and the device reports "another-hub.azure-devices.net"',
    ],
  ])('that %s breaks any contract', async (_what, how, answer, says) => {
    const { mismatches } = await play(how, yaml(answer, 'webhookCalls: 1'));
    expect(mismatches).toEqual([{ path: 'devices.device', says }]);
  });

  it('is told everything by its words and by its environment, and no shell sees any of it', async () => {
    const file = await temporaryFile();
    const words = ['{host}', '{port}', '{idScope}', '{registrationId}', '{key}', '{ca}', '{transport}', '{payload}'];
    await play(
      ['write-words', file, ...words, 'a {registrationId}{port} b', '$(touch x)', '; id'],
      yaml(ALPHA, 'webhookCalls: 0'),
    );
    const { words: seen, env } = JSON.parse(await readFile(file, 'utf8'));
    const [host, port, idScope, id, key, ca, transport, payload, mixed, ...rest] = seen;
    expect([host, idScope, id, transport, payload]).toEqual([
      'localhost',
      '0ne00000001',
      'sample-device',
      'https',
      '{"a":1}',
    ]);
    expect(mixed).toBe(`a sample-device${port} b`);
    expect(rest).toEqual(['$(touch x)', '; id']);
    expect(await readFile(ca, 'utf8')).toContain('BEGIN CERTIFICATE');
    expect(env).toMatchObject({
      DPS_HOST: host,
      DPS_PORT: port,
      DPS_ID_SCOPE: idScope,
      DPS_REGISTRATION_ID: id,
      DPS_KEY: key,
      DPS_CA: ca,
      DPS_TRANSPORT: transport,
      DPS_PAYLOAD: payload,
      NODE_EXTRA_CA_CERTS: ca,
    });
  });

  it('takes a value with blanks and quotes as one word', async () => {
    const file = await temporaryFile();
    await play(
      ['write-words', file, '{payload}', 'end'],
      yaml(ALPHA, 'webhookCalls: 0').replace('{ a: 1 }', `"a 'b' {key} c"`),
    );
    expect(JSON.parse(await readFile(file, 'utf8')).words).toEqual([`"a 'b' {key} c"`, 'end']);
  });

  it('that hangs is killed at the time-out, with all that it started', async () => {
    const file = await temporaryFile();
    const letPass = holdTimeouts();
    const playing = play(['hang', file], yaml(ALPHA, 'status: assigned'), { caseTimeoutMs: 1500 });
    await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toMatch(/\}$/);
    letPass(1500);
    const result = await playing;
    expect(result.mismatches).toContainEqual(
      expect.objectContaining({ says: expect.stringContaining('did not end within 1.5 s') }),
    );
    const { pids } = JSON.parse(await readFile(file, 'utf8')) as { readonly pids: readonly number[] };
    expect(pids).toHaveLength(2);
    // An orphan that is dead still has its id until the system's first process takes notice.
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  it('that cannot be started is no broken contract', async () => {
    const result = await resultOf(yaml(ALPHA, 'status: assigned'), { deviceCommand: './no-such-device {key}' });
    expect(result).toMatchObject({ outcome: 'error', mismatches: [] });
    expect(result.error).toMatch(/the device's program cannot be started: spawn .*no-such-device ENOENT/);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
