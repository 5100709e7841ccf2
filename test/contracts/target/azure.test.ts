/** Cases against a service that is reached only as the real one is: REST with connection strings, and device ports. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import { selectCases } from '../../../contracts/run/select.ts';
import { readAzureFile } from '../../../contracts/target/azure-file.ts';
import type { Target } from '../../../contracts/target/target.ts';
import { temporaryDirectory } from '../../tls/temporary-directory.ts';
import { shippedCases } from '../support/shipped-cases.ts';
import { azureLike, stateOf } from '../support/targets.ts';

const SAMPLE = [
  'row-1-valid-hub',
  'row-4-disabled-individual',
  'reprovision-migrate',
  'attest-unknown-device',
  'attest-id-case',
];
const confirm = async (): Promise<boolean> => true;

/** Ends its cases as a process does that is killed. */
function careless(target: Target): Target {
  return { ...target, open: async (options) => ({ ...(await target.open(options)), close: async () => undefined }) };
}

async function selected(...ids: readonly string[]) {
  return selectCases(await shippedCases, ids);
}

describe('a service that is told by a file', () => {
  it('passes the cases, and keeps nothing of them', async () => {
    const { emulator, target, keys } = await azureLike();
    const before = await stateOf(emulator);
    const verdict = await runContracts(await selected(...SAMPLE), {
      target: await target(),
      confirm,
      seed: 'azure',
      transports: ['mqtt'],
    });
    const broken = verdict.results.filter(({ outcome }) => outcome !== 'passed');
    expect(broken.map(({ id, error, mismatches }) => [id, error, mismatches])).toEqual([]);
    expect(verdict).toMatchObject({
      exitCode: 0,
      passed: 5,
      target: 'azure: real-dps.azure-devices-provisioning.net',
    });
    expect(await stateOf(emulator)).toEqual(before);
    for (const key of keys) expect(JSON.stringify(verdict)).not.toContain(key);
  });

  it('is not asked to call a webhook that it cannot reach', async () => {
    const { target } = await azureLike({ hasWebhook: false });
    const { results, leftOut } = await runContracts(await selected('row-1-valid-hub', 'allocate-static'), {
      target: await target(),
      confirm,
      transports: ['https'],
    });
    expect(results.map(({ id, outcome }) => [id, outcome])).toEqual([['allocate-static', 'passed']]);
    const why = 'needs a webhook with scripted answers that the target can reach';
    expect(leftOut).toEqual([{ id: 'row-1-valid-hub', why }]);
  });

  it('holds nothing before the user has agreed to the list of what will be made', async () => {
    const { emulator, target } = await azureLike();
    const before = await stateOf(emulator);
    const lists: string[] = [];
    const refuse = async (created: readonly { readonly what: readonly string[] }[]): Promise<boolean> => {
      lists.push(...created.flatMap(({ what }) => what));
      return false;
    };
    const cases = await selected('row-4-disabled-individual');
    for (const asked of [refuse, undefined]) {
      const run = runContracts(cases, { target: await target(), confirm: asked, transports: ['mqtt'] });
      await expect(run).rejects.toThrow('nothing was made, for nobody has agreed to it');
    }
    expect(lists.map((line) => line.replace(/ct-test-[0-9a-f]{8}/, 'P'))).toEqual([
      'enrollment P-row-4-device',
      'enrollment group P-plain-group',
      'registration and device P-row-4-device',
    ]);
    expect(await stateOf(emulator)).toEqual(before);
  });

  it('is told of when the run leaves something behind', async () => {
    const { target } = await azureLike();
    const cases = await selected('allocate-static');
    const run = runContracts(cases, { target: careless(await target()), confirm, transports: ['https'] });
    await expect(run).rejects.toThrow(/the run has left enrollmentGroups\/ct-test-/);
  });

  it('is not used under a prefix whose earlier run was killed before it could tidy up', async () => {
    const { emulator, target } = await azureLike();
    const cases = await selected('allocate-static', 'row-4-disabled-individual');
    await expect(runContracts(cases, { target: careless(await target()), confirm, jobs: 1 })).rejects.toThrow();
    const before = await stateOf(emulator);
    const again = runContracts(cases, { target: await target(), confirm });
    await expect(again).rejects.toThrow(/holds ct-test-.* already: remove it or choose another --prefix/);
    for (const kind of ['row-4-device', 'plain-group', 'static-device']) {
      await expect(again).rejects.toThrow(new RegExp(`ct-test-[0-9a-f]{8}-${kind}`));
    }
    expect(await stateOf(emulator)).toEqual(before);
  });

  it('refuses a key that is not its own before anything is made', async () => {
    const { target, path } = await azureLike();
    const wrong = (await readFile(path, 'utf8')).replace(/SharedAccessKey=[^"]{8}/, 'SharedAccessKey=AAAAAAAA');
    await writeFile(path, wrong);
    const run = runContracts(await selected('allocate-static'), { target: await target(), confirm });
    await expect(run).rejects.toThrow('(401');
  });
});

describe('the file', () => {
  it.each([
    ['{', 'is neither YAML nor JSON'],
    ['[]', 'must hold an object with service, idScope, hubs'],
    ['{}', 'service must be a connection string: HostName=…;SharedAccessKeyName=…;SharedAccessKey=…'],
    ['{}', 'idScope is required'],
    ['hubs: []', 'hubs must list the connection strings of the linked hubs'],
    ['hubs: [x]', 'hubs[0] must be a connection string'],
    ['webhok: http://x', 'webhok is not known; known: service, idScope, hubs, endpoints, ca, webhook'],
    ['endpoints: { mqtt: x }', 'endpoints.mqtt must be HOST:PORT'],
    ['webhook: ftp://x', 'webhook must be an http or https URL'],
    ['ca: 1', 'ca must be a text'],
  ])('%j is refused: %s', async (text, message) => {
    const path = join(await temporaryDirectory(), 'azure.json');
    await writeFile(path, text);
    await expect(readAzureFile(path)).rejects.toThrow(message);
  });

  it('is never quoted: it holds keys', async () => {
    const { path, keys } = await azureLike();
    const whole = await readFile(path, 'utf8');
    for (const text of [`${whole}{`, whole.replace('HostName', 'Host'), whole.replace('"idScope"', '"idscope"')]) {
      await writeFile(path, text);
      const error: unknown = await readAzureFile(path).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      for (const key of keys) expect(String(error)).not.toContain(key);
    }
  });

  it('leaves the ports of the real service where nothing else is said', async () => {
    const { path } = await azureLike();
    const { endpoints: _endpoints, ca: _ca, ...rest } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify(rest));
    expect(await readAzureFile(path)).toMatchObject({
      mqtt: { host: 'global.azure-devices-provisioning.net', port: 8883 },
      https: { host: 'global.azure-devices-provisioning.net', port: 443 },
      rest: undefined,
      ca: undefined,
    });
  });
});
