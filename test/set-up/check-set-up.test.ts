import { describe, expect, it } from 'vitest';
import { checkSetUp } from '../../emulator/core/set-up/check-set-up.ts';
import { CONTOSO_HUBS, contosoSetUp } from '../../emulator/wire/contoso.ts';
import { SetUpError } from '../../emulator/wire/fault.ts';
import { setUpOf, startHarness } from '../core/service-harness.ts';
import { faulty, group, HUB, individual, key, symmetricKey } from './faulty-documents.ts';
import { faultyReferences } from './faulty-references.ts';

async function faultsOf(document: unknown): Promise<SetUpError> {
  const error = await checkSetUp(document, 'my.json').catch((thrown: unknown) => thrown);
  if (error instanceof SetUpError) return error;
  throw new Error(`accepted: ${JSON.stringify(document).slice(0, 200)}`);
}

describe('the check of a set-up document', () => {
  const rows = [...faulty, ...faultyReferences].map(([title, document, path, rule, value]) => ({
    title,
    document,
    path,
    rule,
    value,
  }));
  it.each(rows)('refuses $title', async ({ document, path, rule, value }) => {
    const error = await faultsOf(document);
    const fault = error.faults.find((one) => one.path === path && rule.test(one.rule));
    expect(fault, JSON.stringify(error.faults)).toBeDefined();
    if (value !== undefined) expect(fault?.value).toMatch(value);
    expect(error.message).toContain(`my.json: ${path === '' ? 'the document' : path}: `);
  });

  it('names the place of a record at fault among thousands, and of nothing else', async () => {
    const enrollments = Array.from({ length: 3000 }, (_, index) => ({
      registrationId: `device-${index}`,
      attestation: symmetricKey,
    }));
    const enrollmentGroups = [{ enrollmentGroupId: 'g', attestation: symmetricKey, extra: 1 }];
    const wrong = { ...enrollments[2417], provisioningStatus: 'off' };
    const document = {
      dps: [
        { name: 'a', idScope: '0ne1', linkedHubs: [HUB], enrollments: enrollments.with(2417, wrong as never) },
        { name: 'b', idScope: '0ne2', linkedHubs: [HUB], enrollmentGroups },
      ],
    };
    const { faults } = await faultsOf(document);
    expect(faults.map(({ path }) => path)).toEqual([
      'dps[0].enrollments[2417].provisioningStatus',
      'dps[1].enrollmentGroups[0].extra',
    ]);
  });

  it.each<readonly [string, unknown]>([
    ['nothing', {}],
    ['empty lists', { dps: [], hubs: [] }],
    ['the tutorial', contosoSetUp('http://127.0.0.1:7071/api/HttpTrigger1?code=x')],
    ['an instance alone', { dps: [{ name: 'a', idScope: '0ne1' }] }],
    [
      'one id as individual and as group',
      {
        dps: [
          {
            name: 'a',
            idScope: '0ne1',
            enrollments: [{ registrationId: 'x', attestation: symmetricKey }],
            enrollmentGroups: [{ enrollmentGroupId: 'x', attestation: symmetricKey }],
          },
        ],
      },
    ],
    ['keys that are to be generated', group({ attestation: { type: 'symmetricKey' } })],
    [
      'keys of 16 and of 64 bytes',
      group({
        attestation: {
          type: 'symmetricKey',
          symmetricKey: {
            primaryKey: Buffer.alloc(16).toString('base64'),
            secondaryKey: Buffer.alloc(64).toString('base64'),
          },
        },
      }),
    ],
    [
      'a definition beside another policy [dps-service-behaviour §1.1]',
      group({
        allocationPolicy: 'geoLatency',
        customAllocationDefinition: { webhookUrl: 'http://x', apiVersion: '2018-09-01-preview' },
      }),
    ],
    [
      'a URL that nobody probes',
      group({
        allocationPolicy: 'custom',
        customAllocationDefinition: { webhookUrl: 'HTTPS://nobody.invalid:1/x?code=y', apiVersion: '2021-10-01' },
      }),
    ],
    [
      'a hub that was unlinked after an enrollment had named it',
      {
        dps: [
          {
            name: 'a',
            idScope: '0ne1',
            linkedHubs: [{ name: 'gone.azure-devices.net', isDeleted: true }],
            unlinkedHubs: [HUB],
            enrollments: [
              {
                registrationId: 'd',
                attestation: symmetricKey,
                allocationPolicy: 'hashed',
                iotHubs: [HUB.toUpperCase()],
              },
            ],
          },
        ],
      },
    ],
    [
      'custom without hubs',
      group({
        allocationPolicy: 'custom',
        iotHubs: [],
        customAllocationDefinition: { webhookUrl: 'http://x', apiVersion: '2021-10-01' },
      }),
    ],
    ['hubs in another case', group({ allocationPolicy: 'hashed', iotHubs: [HUB.toUpperCase()] })],
    ['a twin of nulls, as the CLI writes it', group({ initialTwin: { tags: null, properties: { desired: {} } } })],
    ['every character that a hub takes in a device id', individual({ deviceId: "aZ09-.+%_#*?!(),:=@$'" })],
  ])('accepts %s', async (_title, document) => {
    expect(await checkSetUp(document, 'x')).toBe(document);
  });

  it('names every fault, a line each', async () => {
    const error = await faultsOf({
      dps: [
        {
          name: 'a',
          idScope: '0ne1',
          enrollments: [{ registrationId: 'a b', attestation: symmetricKey, allocationPolicy: 'custom' }],
        },
        { name: 'a', idScope: '0ne1' },
      ],
    });
    expect(error.faults.map(({ path }) => path)).toEqual([
      'dps[1].idScope',
      'dps[1].name',
      'dps[0].enrollments[0].registrationId',
      'dps[0].enrollments[0].customAllocationDefinition',
    ]);
    expect(error.message.split('\n')).toHaveLength(4);
  });

  const SECRET = 'c2VjcmV0LXNlY3JldA';
  it.each<readonly [string, unknown]>([
    ['a key that is no base64', key(SECRET)],
    ['a key in a list', key([SECRET])],
    ['keys that are a text', group({ attestation: { type: 'symmetricKey', symmetricKey: SECRET } })],
    ['an attestation that is a text', group({ attestation: SECRET })],
    [
      'a webhook URL that is an object',
      group({ customAllocationDefinition: { webhookUrl: { code: SECRET }, apiVersion: 'x' } }),
    ],
    ['a function code in the wrong place', group({ iotHubHostName: `http://x?code=${SECRET}` })],
  ])('shows no secret: %s', async (_title, document) => {
    const error = await faultsOf(document);
    expect(error.message + JSON.stringify(error.faults)).not.toContain(SECRET);
  });

  it('takes nothing over from a document with a fault', async () => {
    const harness = await startHarness({ setUp: setUpOf({}) });
    const before = [await harness.ports.instances.list(), await harness.hubs.names()];
    const bad = {
      dps: [
        { name: 'new', idScope: '0ne9', linkedHubs: CONTOSO_HUBS },
        { name: 'new', idScope: '0ne9' },
      ],
    };
    await expect(harness.seed(bad)).rejects.toThrow(SetUpError);
    expect([await harness.ports.instances.list(), await harness.hubs.names()]).toEqual(before);
  });
});
