/** What is exported can be loaded again and gives the same, whatever was done to the emulator before. */
import { describe, expect, it } from 'vitest';
import { HUB_A, HUB_B, SCOPE, setUpOf } from '../core/service-harness.ts';
import { asFile, type Parts, partsWith } from './support/parts.ts';

const SERVICE = 'dps-1';
const attestation = { type: 'symmetricKey' } as const;

async function expectSameAgain(parts: Parts): Promise<void> {
  const exported = await parts.exported();
  const fresh = await partsWith(asFile(exported), 'another seed');
  expect(await fresh.exported()).toEqual(exported);
  // A seed of the service, and one of all that is there, are no trouble either.
  await parts.seed({
    dps: [{ name: SERVICE, idScope: SCOPE, enrollments: [{ registrationId: 'late', attestation }] }],
  });
  await parts.seed(asFile(await parts.exported()));
}

const put = (parts: Parts, id: string, more: object) =>
  parts.rest(SERVICE, {
    operation: 'createOrUpdateEnrollment',
    kind: 'individual',
    id,
    ifMatch: '*',
    body: JSON.stringify({ registrationId: id, attestation, ...more }),
  });

describe('an export', () => {
  it('names the hubs that were unlinked and that enrollments still name, once each', async () => {
    const parts = await partsWith(setUpOf({ allocationPolicy: 'hashed', iotHubs: [HUB_A, HUB_B] }));
    await put(parts, 'a', { allocationPolicy: 'static', iotHubs: [HUB_B.toUpperCase()] });
    await put(parts, 'b', { iotHubHostName: HUB_A });
    await parts.link(SERVICE, [HUB_A]);
    const [service] = (await parts.exported()).dps ?? [];
    expect(service?.linkedHubs).toMatchObject([{ name: HUB_A }]);
    expect(service?.unlinkedHubs).toEqual([HUB_B.toUpperCase()]);
    await expectSameAgain(parts);
  });

  it('has room for the deepest record that is taken', async () => {
    const parts = await partsWith(setUpOf({}));
    const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });
    await put(parts, 'deep', { optionalDeviceInformation: nested(59) });
    expect((await parts.exported()).dps?.[0]?.enrollments).toMatchObject([{ registrationId: 'deep' }]);
    await expectSameAgain(parts);
  });

  it('says nothing of unlinked hubs where there are none', async () => {
    const parts = await partsWith(setUpOf({}));
    expect((await parts.exported()).dps?.[0]).not.toHaveProperty('unlinkedHubs');
  });

  it('tells a link to a hub that was deleted, and the hub does not come back', async () => {
    const parts = await partsWith(setUpOf({ allocationPolicy: 'hashed', iotHubs: [HUB_A] }));
    await parts.resources.iotHubs.delete(HUB_B, undefined);
    // The link holds the key of the hub that is gone.
    const key: unknown = expect.any(String);
    expect((await parts.exported()).dps?.[0]?.linkedHubs).toEqual([
      { name: HUB_A },
      { name: HUB_B, key, isDeleted: true },
    ]);
    await expectSameAgain(parts);
    expect((await parts.exported()).hubs).toMatchObject([{ name: HUB_A }]);
    await parts.resources.iotHubs.put(HUB_B, { resourceGroup: 'dps-emulator' });
    expect((await parts.exported()).dps?.[0]?.linkedHubs).toEqual([{ name: HUB_A }, { name: HUB_B, key }]);
    await expectSameAgain(parts);
  });

  it('can be loaded after records, policies and resources of every kind were written', async () => {
    const parts = await partsWith(setUpOf({}));
    const definition = { webhookUrl: 'https://functions.example/x?code=secret', apiVersion: '2021-10-01' };
    await put(parts, 'custom', { allocationPolicy: 'custom', customAllocationDefinition: definition });
    await parts.resources.groups.put('mine', { location: 'West US' });
    await parts.resources.iotHubs.put('new-hub', { resourceGroup: 'mine', tags: { stage: 'test' } });
    await parts.link(SERVICE, [HUB_A, 'new-hub']);
    const authorizationPolicies = [{ keyName: 'reader', rights: 'EnrollmentRead' }];
    await parts.resources.provisioningServices.put(SERVICE, { properties: { authorizationPolicies } });
    await parts.resources.provisioningServices.put('other-dps', { resourceGroup: 'mine' });
    const [service] = (await parts.exported()).dps ?? [];
    expect(service?.enrollments?.[0]?.customAllocationDefinition).toEqual(definition);
    expect(service?.policies?.map(({ keyName }) => keyName)).toEqual(['provisioningserviceowner', 'reader']);
    await expectSameAgain(parts);
  });
});

describe('a policy', () => {
  it('is not written twice under one name, by whichever way', async () => {
    const parts = await partsWith(setUpOf({}));
    const twice = ['reader', 'Reader'];
    const request = {
      properties: { authorizationPolicies: twice.map((keyName) => ({ keyName, rights: 'EnrollmentRead' })) },
    };
    await expect(parts.resources.provisioningServices.put(SERVICE, request)).rejects.toThrow(
      /\[1\]\.keyName stands twice/,
    );
    const policies = twice.map((keyName) => ({ keyName, rights: ['EnrollmentRead'] }));
    await expect(parts.seed({ dps: [{ name: SERVICE, idScope: SCOPE, policies }] })).rejects.toThrow(
      /keyName: stands twice/,
    );
  });
});

describe('a seed', () => {
  const definition = { webhookUrl: 'https://functions.example/x?code=secret', apiVersion: '2021-10-01' };
  const custom = { allocationPolicy: 'custom', customAllocationDefinition: definition } as const;
  const masked = { ...definition, webhookUrl: 'https://functions.example/x?****' };
  const seedOf = (more: object, registrationId = 'a') => ({
    dps: [{ name: SERVICE, idScope: SCOPE, enrollments: [{ registrationId, attestation, ...custom, ...more }] }],
  });

  it('that writes a masked webhook URL back means the one that is stored', async () => {
    const parts = await partsWith(setUpOf({}));
    await put(parts, 'a', custom);
    await parts.seed(seedOf({ customAllocationDefinition: masked, provisioningStatus: 'disabled' }));
    expect((await parts.exported()).dps?.[0]?.enrollments).toMatchObject([
      { ...custom, provisioningStatus: 'disabled' },
    ]);
    await expect(parts.seed(seedOf({ customAllocationDefinition: masked }, 'b'))).rejects.toThrow(/must be whole/);
  });

  it('may go on naming a hub that was unlinked, in a record that named it before, and in no other', async () => {
    const parts = await partsWith(setUpOf({}));
    await put(parts, 'a', { allocationPolicy: 'hashed', iotHubs: [HUB_B] });
    await parts.link(SERVICE, [HUB_A]);
    await parts.seed(seedOf({ allocationPolicy: 'hashed', iotHubs: [HUB_B], provisioningStatus: 'disabled' }));
    const other = seedOf({ allocationPolicy: 'hashed', iotHubs: [HUB_B] }, 'b');
    await expect(parts.seed(other)).rejects.toThrow(/iotHubs\[0\]: must be one of the linkedHubs: hub-a/);
  });

  it('of an instance looks at that one alone', async () => {
    const parts = await partsWith({
      dps: [
        ...(setUpOf({}).dps ?? []),
        { name: 'other', idScope: '0ne9', linkedHubs: [HUB_A], enrollments: [{ registrationId: 'x', attestation }] },
      ],
    });
    await parts.seed(seedOf({}));
    expect((await parts.exported()).dps?.map(({ enrollments }) => enrollments?.length)).toEqual([1, 1]);
  });
});
