/** Whatever back ends, `az` and seeds have written, wrong things among it: what is exported makes the same emulator again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hubHostOf } from '../../emulator/wire/resource.ts';
import type { SetUp } from '../../emulator/wire/set-up.ts';
import { DEVICE_CERTIFICATE } from '../core/attestation/certificates.ts';
import { asFile, type Parts, partsWith, type RestRequest } from './support/parts.ts';

const GROUP = 'mine';
const HUBS = ['hub-one', 'hub-two', 'hub-three'] as const;
const SERVICES = ['dps-one', 'dps-two'] as const;
const IDS = ['a', 'B', 'c'] as const;
const KEY = Buffer.alloc(32, 7).toString('base64');

/** As a back end reads it and writes it back, and as it is. */
const WEBHOOK = 'https://functions.example/x?code=a-secret-code';
const MASKED = 'https://functions.example/x?****';

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
/** A right value, or now and then one that breaks a rule. */
const mostly = (right: readonly unknown[], wrong: readonly unknown[]) =>
  maybe(
    fc.oneof({ arbitrary: fc.constantFrom(...right), weight: 8 }, { arbitrary: fc.constantFrom(...wrong), weight: 1 }),
  );

const hubHost = fc.constantFrom(...HUBS).map(hubHostOf);

const attestation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown>(
      { type: 'symmetricKey' },
      { type: 'symmetricKey', symmetricKey: { primaryKey: KEY } },
      { type: 'symmetricKey', symmetricKey: { primaryKey: KEY, secondaryKey: KEY } },
      { type: 'none' },
      { type: 'x509', x509: { caReferences: { primary: 'root', secondary: 'other' } } },
    ),
  },
  {
    // Right for one kind of enrollment, or for none.
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      { type: 'tpm', tpm: { endorsementKey: KEY, storageRootKey: KEY } },
      { type: 'x509', x509: { clientCertificates: { primary: { certificate: DEVICE_CERTIFICATE } } } },
      { type: 'x509', x509: { signingCertificates: { secondary: { certificate: DEVICE_CERTIFICATE } } } },
      { type: 'x509', x509: {} },
      { type: 'tpm' },
      { type: 'symmetricKey', symmetricKey: { primaryKey: 'c2hvcnQ=' } },
      { type: 'magic' },
    ),
  },
);

/** Spelt as the API spells it: only a request is forgiven another spelling. */
const record = fc
  .record({
    attestation,
    allocationPolicy: maybe(fc.constantFrom('hashed', 'geoLatency', 'static', 'custom')),
    iotHubs: maybe(fc.uniqueArray(fc.oneof({ arbitrary: hubHost, weight: 9 }, fc.constant('x')), { maxLength: 2 })),
    iotHubHostName: fc.option(hubHost, { nil: undefined, freq: 1 }),
    customAllocationDefinition: maybe(
      fc.record({
        webhookUrl: fc.constantFrom(WEBHOOK, WEBHOOK, WEBHOOK, MASKED, 'not a url'),
        apiVersion: fc.constantFrom('2021-10-01', '2021-10-01', '2018-09-01-preview', '2018-04-01'),
      }),
    ),
    capabilities: mostly([{ iotEdge: true }, { iotEdge: false }], [{}]),
    initialTwin: mostly(
      [{ tags: { a: null }, properties: { desired: { b: [1, 'x'] } } }, { tags: null }],
      [{ tags: { 'a.b': 1 } }],
    ),
    provisioningStatus: mostly(['enabled', 'disabled'], ['maybe']),
    reprovisionPolicy: mostly(
      [{ updateHubAssignment: true, migrateDeviceData: false }],
      [{ updateHubAssignment: true }],
    ),
    deviceId: fc.option(fc.constantFrom('at-the-hub', 'a/b'), { nil: undefined, freq: 1 }),
    optionalDeviceInformation: fc.option(fc.constant({ a: { b: null } }), { nil: undefined, freq: 1 }),
  })
  .map((members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)));

const service = fc.constantFrom(...SERVICES);
const kind = fc.constantFrom('individual', 'group');
const id = fc.constantFrom(...IDS);

type Step =
  | {
      readonly does: 'put';
      readonly service: string;
      readonly kind: 'individual' | 'group';
      readonly id: string;
      readonly record: object;
    }
  | { readonly does: 'delete'; readonly service: string; readonly kind: 'individual' | 'group'; readonly id: string }
  | {
      readonly does: 'seed';
      readonly service: string;
      readonly kind: 'individual' | 'group';
      readonly id: string;
      readonly record: object;
      readonly links: readonly string[] | undefined;
    }
  | { readonly does: 'make' | 'remove'; readonly what: 'hub' | 'service'; readonly name: string }
  | { readonly does: 'link'; readonly service: string; readonly hubs: readonly string[] }
  | { readonly does: 'change'; readonly service: string; readonly properties: object };

const made = fc.oneof(
  fc.record({ what: fc.constant('hub' as const), name: fc.constantFrom(...HUBS) }),
  fc.record({ what: fc.constant('service' as const), name: service }),
);
const policy = fc.record(
  {
    keyName: fc.constantFrom('reader', 'Reader', 'writer', 'a b'),
    rights: fc.constantFrom('EnrollmentRead', 'enrollmentwrite, EnrollmentRead', 'Everything'),
    primaryKey: fc.constantFrom(KEY, 'no key'),
  },
  { requiredKeys: ['keyName', 'rights'] },
);

const step = fc.oneof<fc.WeightedArbitrary<Step>[]>(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('put' as const), service, kind, id, record }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('delete' as const), service, kind, id }) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('seed' as const),
      service,
      kind,
      id,
      record,
      links: fc.option(fc.uniqueArray(hubHost), { nil: undefined, freq: 1 }),
    }),
  },
  { weight: 1, arbitrary: made.map((what): Step => ({ does: 'make', ...what })) },
  { weight: 1, arbitrary: made.map((what): Step => ({ does: 'remove', ...what })) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('link' as const), service, hubs: fc.subarray([...HUBS]) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('change' as const),
      service,
      properties: fc.oneof(
        fc.record({ authorizationPolicies: fc.array(policy, { maxLength: 2 }) }),
        fc.record({ allocationPolicy: fc.constantFrom('Hashed', 'Static', 'Custom') }),
      ),
    }),
  },
);

const idMember = { individual: 'registrationId', group: 'enrollmentGroupId' } as const;
const collection = { individual: 'enrollments', group: 'enrollmentGroups' } as const;

/** Everything is there and linked at first. */
const START = {
  hubs: HUBS.map((name) => ({ name: hubHostOf(name), resourceGroup: GROUP, location: 'westus' })),
  dps: SERVICES.map((name, index) => ({
    name,
    idScope: `0ne0000000${index}`,
    resourceGroup: GROUP,
    linkedHubs: HUBS.map(hubHostOf),
  })),
};

async function play(parts: Parts, step: Step): Promise<'taken' | 'refused'> {
  const { provisioningServices, iotHubs } = parts.resources;
  const told = (work: Promise<unknown>) =>
    work.then(
      () => 'taken' as const,
      (error: Error) => {
        expect(['SetUpError', 'ManagementError']).toContain(error.name);
        return 'refused' as const;
      },
    );
  switch (step.does) {
    case 'put':
      return byRest(parts, step.service, {
        operation: 'createOrUpdateEnrollment',
        kind: step.kind,
        id: step.id,
        ifMatch: '*',
        body: JSON.stringify({ [idMember[step.kind]]: step.id, ...step.record }),
      });
    case 'delete':
      return byRest(parts, step.service, { operation: 'deleteEnrollment', kind: step.kind, id: step.id, ifMatch: '*' });
    case 'seed': {
      const document = seedOf(await parts.exported(), step);
      return document === undefined ? 'refused' : told(parts.seed(document));
    }
    case 'make':
      return told((step.what === 'hub' ? iotHubs : provisioningServices).put(step.name, { resourceGroup: GROUP }));
    case 'remove':
      return told((step.what === 'hub' ? iotHubs : provisioningServices).delete(step.name, undefined));
    case 'link':
      return told(parts.link(step.service, step.hubs));
    case 'change':
      return told(provisioningServices.put(step.service, { properties: step.properties }));
  }
}

async function byRest(parts: Parts, of: string, request: RestRequest): Promise<'taken' | 'refused'> {
  const reply = await parts.rest(of, request);
  // Nothing here is a bug: every refusal has its code.
  expect(reply?.status ?? 404).toBeLessThan(500);
  return reply !== undefined && reply.status < 300 ? 'taken' : 'refused';
}

function seedOf(
  { dps = [] }: SetUp,
  { service, kind, id, record, links }: Extract<Step, { does: 'seed' }>,
): object | undefined {
  const present = dps.find(({ name }) => name === service);
  if (present === undefined) return undefined;
  const { name, idScope } = present;
  const records = [{ [idMember[kind]]: id, ...record }];
  return { dps: [{ name, idScope, ...(links && { linkedHubs: links }), [collection[kind]]: records }] };
}

/** Fixed, so that a failure is the same again; a failure prints it with its path. */
const SEED = 20_261_125;

describe('an emulator', () => {
  it('is made again by its export, whatever was written to it', async () => {
    const outcomes = { taken: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const parts = await startedParts();
        for (const one of steps) {
          const before = await parts.exported();
          const outcome = await play(parts, one);
          outcomes[outcome] += 1;
          if (outcome === 'refused') expect(await parts.exported()).toEqual(before);
        }
        const exported = await parts.exported();
        const again = await partsWith(asFile(exported), 'another seed');
        expect(await again.exported()).toEqual(exported);
        // Nor is a later seed refused because of what is there.
        for (const { name, idScope } of exported.dps ?? []) await parts.seed({ dps: [{ name, idScope }] });
        await parts.seed(asFile(exported));
        expect(await parts.exported()).toEqual(exported);
      }),
      { seed: SEED, numRuns: 60 },
    );
    // Both happen often, or the property says nothing.
    expect(outcomes.taken).toBeGreaterThan(60);
    expect(outcomes.refused).toBeGreaterThan(60);
  });

  it('takes or refuses a record alike, from a back end, in a set-up and as a seed', async () => {
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(kind, record, async (ofKind, given) => {
        const written = { does: 'put', service: 'dps-one', kind: ofKind, id: 'a', record: given } as const;
        const rest = await play(await startedParts(), written);
        const seeded = await play(await startedParts(), { ...written, does: 'seed', links: undefined });
        const [first, ...others] = START.dps;
        const records = [{ [idMember[ofKind]]: 'a', ...given }];
        const document = { ...START, dps: [{ ...first, [collection[ofKind]]: records }, ...others] };
        const setUp = await partsWith(document).then(
          () => 'taken',
          () => 'refused',
        );
        outcomes.add(rest);
        expect({ seeded, setUp }).toEqual({ seeded: rest, setUp: rest });
      }),
      { seed: SEED, numRuns: 80 },
    );
    expect(outcomes.size).toBe(2);
  });
});

async function startedParts(): Promise<Parts> {
  const parts = await partsWith(START);
  await parts.resources.groups.put(GROUP, { location: 'westus' });
  return parts;
}
