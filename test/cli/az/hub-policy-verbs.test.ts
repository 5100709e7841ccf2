/** The verbs for a hub's policies, and the stale link that they leave behind. */
import { describe, expect, it } from 'vitest';
import { azShells } from './support/az-line.ts';

const azShell = azShells();
const HUB = 'contoso-toasters-hub-1098';
const DPS = 'contoso-provisioning-service-1098';

const policy = ['iot', 'hub', 'policy'] as const;
const of = (...more: readonly string[]) => ['--hub-name', HUB, ...more];

describe('az iot hub policy', () => {
  it('lists, shows, creates, renews and deletes', async () => {
    const { az, json } = await azShell();
    const names = () => json(...policy, 'list', ...of('--query', '[].keyName'));
    expect(await names()).toEqual(['iothubowner', 'service', 'device', 'registryRead', 'registryReadWrite']);
    const made = await json(
      ...policy,
      'create',
      ...of('-n', 'dps', '--permissions', 'RegistryWrite', 'ServiceConnect'),
    );
    expect(made).toMatchObject({ keyName: 'dps', rights: 'RegistryWrite, ServiceConnect' });
    expect(await json(...policy, 'show', ...of('--name', 'DPS'))).toEqual(made);
    expect(await az(...policy, 'create', ...of('-n', 'dps', '--permissions', 'RegistryRead'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('already existed'),
    });

    const { primaryKey, secondaryKey } = made as { readonly primaryKey: string; readonly secondaryKey: string };
    const renew = (which: string) => json(...policy, 'renew-key', ...of('-n', 'dps', '--renew-key', which));
    expect(await renew('swap')).toMatchObject({ primaryKey: secondaryKey, secondaryKey: primaryKey });
    const renewed = (await renew('primary')) as typeof made & { readonly primaryKey: string };
    expect(renewed).toMatchObject({ secondaryKey: primaryKey });
    expect([primaryKey, secondaryKey]).not.toContain(renewed.primaryKey);

    await json(...policy, 'delete', ...of('-n', 'dps'));
    await json(...policy, 'delete', ...of('-n', 'service'));
    expect(await names()).toEqual(['iothubowner', 'device', 'registryRead', 'registryReadWrite']);
    expect(await az(...policy, 'show', ...of('-n', 'service'))).toMatchObject({ code: 3 });
  });

  it('a renewed key leaves the link stale, and linking the hub again mends it', async () => {
    const { json, emulator } = await azShell();
    const linked = async () =>
      ((await emulator.exportSetUp()).dps?.[0]?.linkedHubs ?? []).map(
        (link) => typeof link === 'object' && 'key' in link,
      );
    expect(await linked()).toEqual([false, false]);
    for (const which of ['primary', 'secondary']) {
      await json(...policy, 'renew-key', ...of('-n', 'iothubowner', '--renew-key', which));
    }
    expect(await linked()).toEqual([true, false]);
    await json('iot', 'dps', 'linked-hub', 'delete', '--dps-name', DPS, '--linked-hub', HUB);
    await json('iot', 'dps', 'linked-hub', 'create', '--dps-name', DPS, '--hub-name', HUB);
    expect(await linked()).toEqual([false, false]);
  });
});
