import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hasSetUp, hostNamesOf, readContainerConfig } from '../../testcontainers/container-config.ts';

async function fileWith(text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'dps-config-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'emulator.json'), text);
  return join(directory, 'emulator.json');
}

describe('the configuration of a container', () => {
  it('is the document itself, or the one in a file', async () => {
    const document = { dps: [{ name: 'plant-dps', idScope: '0ne000000A1' }] };
    expect(await readContainerConfig(document)).toBe(document);
    expect(await readContainerConfig(await fileWith(JSON.stringify(document)))).toEqual(document);
  });

  it('names the file that cannot be read or is no JSON', async () => {
    await expect(readContainerConfig('/no/such/file.json')).rejects.toThrow('withConfig: /no/such/file.json: ENOENT');
    const broken = await fileWith('{');
    await expect(readContainerConfig(broken)).rejects.toThrow(`withConfig: ${broken}: `);
  });

  it('has a set-up unless it gives options only', () => {
    expect(hasSetUp({ options: { clock: 'manual' } })).toBe(false);
    expect(hasSetUp({ hubs: [] })).toBe(true);
    expect(hasSetUp({ dps: [] })).toBe(true);
  });
});

describe('the host names of a container in its network', () => {
  it("are the global one, the service's own and its hubs' ones, each once", () => {
    const linkedHubs = ['north.azure-devices.net', { name: 'south.azure-devices.net', allocationWeight: 2 }];
    const dps = [{ name: 'plant-dps', idScope: '0ne000000A1', linkedHubs }];
    expect(hostNamesOf({ dps, hubs: ['north.azure-devices.net', { name: 'spare.azure-devices.net' }] })).toEqual([
      'global.azure-devices-provisioning.net',
      'plant-dps.azure-devices-provisioning.net',
      'north.azure-devices.net',
      'south.azure-devices.net',
      'spare.azure-devices.net',
    ]);
  });

  it("are the tutorial's without a set-up", () => {
    expect(hostNamesOf({ options: {} })).toEqual([
      'global.azure-devices-provisioning.net',
      'contoso-provisioning-service-1098.azure-devices-provisioning.net',
      'contoso-toasters-hub-1098.azure-devices.net',
      'contoso-heatpumps-hub-1098.azure-devices.net',
    ]);
  });
});
