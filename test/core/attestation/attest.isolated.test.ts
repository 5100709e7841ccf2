import { describe, expect, it, vi } from 'vitest';
import type { SasSpelling } from '../../../emulator/wire/device-sas.ts';
import type { GivenEnrollmentGroup, GivenIndividualEnrollment } from '../../../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';
import {
  DEVICE,
  type Device,
  eventsOf,
  GROUP_KEY,
  type Harness,
  HUB_A,
  HUB_B,
  lookup,
  poll,
  provision,
  register,
  SCOPE,
  START_MS,
  setUpOf,
  startHarness,
} from '../service-harness.ts';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const PRIMARY = key(1);
const SECONDARY = key(2);

const individual = (more: Partial<GivenIndividualEnrollment> = {}): GivenIndividualEnrollment => ({
  registrationId: DEVICE,
  attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: PRIMARY, secondaryKey: SECONDARY } },
  ...more,
});
const group = (id: string, primaryKey: string, more: Partial<GivenEnrollmentGroup> = {}): GivenEnrollmentGroup => ({
  enrollmentGroupId: id,
  attestation: { type: 'symmetricKey', symmetricKey: { primaryKey, secondaryKey: key(9) } },
  ...more,
});

interface Enrolled {
  readonly enrollments?: readonly GivenIndividualEnrollment[];
  readonly enrollmentGroups?: readonly GivenEnrollmentGroup[];
}

const harnessOf = (enrolled: Enrolled, more: Parameters<typeof startHarness>[0] = {}): Promise<Harness> =>
  startHarness({ setUp: setUpOf(undefined, enrolled), ...more });

const ONE = { enrollments: [individual()] };
const GROUPS = { enrollmentGroups: [group('g1', key(3)), group('g2', GROUP_KEY)] };

describe('who is believed', () => {
  it.each([
    'node',
    'c',
    'python',
    'java',
    'csharp',
  ] as const)('a token as %s writes it', async (spelling: SasSpelling) => {
    const harness = await harnessOf({ enrollments: [individual({ registrationId: 'my:Reg-01' })] });
    const reply = await register(harness, { id: 'my:Reg-01', key: PRIMARY, sas: { spelling } });
    expect(reply.status).toBe(202);
  });

  const accepted: readonly (readonly [string, Enrolled, Device, object])[] = [
    [
      'the primary key of an individual',
      ONE,
      { key: PRIMARY },
      { enrollmentKind: 'individual', enrollmentId: DEVICE, key: 'primary' },
    ],
    ['its secondary key', ONE, { key: SECONDARY }, { enrollmentKind: 'individual', key: 'secondary' }],
    [
      "the key derived from a group's primary key",
      GROUPS,
      {},
      { enrollmentKind: 'group', enrollmentId: 'g2', key: 'primary' },
    ],
    [
      "the key derived from a group's secondary key",
      GROUPS,
      { key: deriveDeviceKey(key(9), DEVICE) },
      { enrollmentKind: 'group', enrollmentId: 'g1', key: 'secondary' },
    ],
    [
      'the key derived for the id in lower case',
      GROUPS,
      { id: 'DEVICE-1', key: deriveDeviceKey(GROUP_KEY, 'device-1') },
      { enrollmentId: 'g2' },
    ],
    ['an id in another case than the enrollment', ONE, { id: 'DEVICE-1', key: PRIMARY }, { enrollmentId: DEVICE }],
    [
      'a resource in another case',
      ONE,
      { key: PRIMARY, sas: { registrationId: 'Device-1', idScope: SCOPE.toUpperCase() } },
      { enrollmentId: DEVICE },
    ],
    [
      'of two groups with one key the oldest, also after it was replaced',
      { enrollmentGroups: [group('z', GROUP_KEY), group('a', GROUP_KEY)] },
      {},
      { enrollmentId: 'z' },
    ],
  ];

  it.each(accepted)('%s', async (_title, enrolled, device, authenticated) => {
    const harness = await harnessOf(enrolled);
    const replaced = enrolled.enrollmentGroups?.slice(0, 1);
    if (replaced !== undefined) await harness.seed(setUpOf(undefined, { enrollmentGroups: replaced }));
    expect((await register(harness, device)).status).toBe(202);
    expect(eventsOf(harness, 'authenticated', device)).toMatchObject([authenticated]);
  });

  it.each([
    ['primary', PRIMARY, { primaryKey: PRIMARY, secondaryKey: SECONDARY }],
    ['secondary', SECONDARY, { primaryKey: SECONDARY, secondaryKey: PRIMARY }],
  ])('the %s key that was proved becomes the primary one at the hub', async (_which, proven, symmetricKey) => {
    const harness = await harnessOf({ enrollments: [individual({ allocationPolicy: 'static', iotHubs: [HUB_A] })] });
    await provision(harness, { key: proven });
    expect((await harness.hubs.device(HUB_A, DEVICE))?.authentication).toEqual({ type: 'sas', symmetricKey });
  });

  it("a group's device has its derived keys at the hub", async () => {
    const harness = await harnessOf({
      enrollmentGroups: [group('g', GROUP_KEY, { allocationPolicy: 'static', iotHubs: [HUB_B] })],
    });
    await provision(harness);
    expect((await harness.hubs.device(HUB_B, DEVICE))?.authentication).toEqual({
      type: 'sas',
      symmetricKey: {
        primaryKey: deriveDeviceKey(GROUP_KEY, DEVICE),
        secondaryKey: deriveDeviceKey(key(9), DEVICE),
      },
    });
  });
});

describe('who is refused, and why the user of the emulator can see it', () => {
  const refused: readonly (readonly [string, Enrolled, Device, number, string, RegExp])[] = [
    ['no token', ONE, { credential: { kind: 'none' } }, 401000, 'no-credential', /carries no token/],
    [
      'a certificate instead of a token',
      ONE,
      { credential: { kind: 'x509', subject: DEVICE } },
      401002,
      'attestation-not-emulated',
      /certificate "device-1"/,
    ],
    [
      'something that is no token',
      ONE,
      { credential: { kind: 'sas', token: 'secret' } },
      401000,
      'malformed-token',
      /does not begin with/,
    ],
    [
      "a key that is not the enrollment's",
      ONE,
      { key: key(5) },
      401002,
      'wrong-key',
      /individual enrollment "device-1"/,
    ],
    ['a key of no group', GROUPS, { key: key(5) }, 401002, 'wrong-key', /any of the groups "g1", "g2" gives/],
    ["a group's own key", GROUPS, { key: GROUP_KEY }, 401002, 'group-key-used-directly', /group "g2" itself; derive/],
    ["a group's own secondary key", GROUPS, { key: key(9) }, 401002, 'group-key-used-directly', /group "g1" itself/],
    [
      "a group's key derived for another id",
      GROUPS,
      { key: deriveDeviceKey(GROUP_KEY, 'x') },
      401002,
      'wrong-key',
      /any of/,
    ],
    ['an id that nobody knows', {}, {}, 401002, 'unknown-registration', /no individual enrollment "device-1" and no/],
    [
      'a token for another device, signed with the right key',
      ONE,
      { key: PRIMARY, sas: { registrationId: 'device-2' } },
      401002,
      'wrong-resource',
      /is for "0ne00000001\/registrations\/device-2", the device is "0ne00000001\/registrations\/device-1"/,
    ],
    [
      'a token for another scope',
      ONE,
      { key: PRIMARY, sas: { idScope: '0ne9' } },
      401002,
      'wrong-resource',
      /0ne9\/registrations/,
    ],
    [
      'an expired token',
      ONE,
      { key: PRIMARY, sas: { ttlSeconds: -1 } },
      401002,
      'expired',
      /expired at 20.*; it is 20/,
    ],
    [
      'a group key where an individual enrollment stands: groups are not asked',
      { ...ONE, ...GROUPS },
      {},
      401002,
      'wrong-key',
      /individual enrollment "device-1"/,
    ],
  ];

  it.each(refused)('%s', async (_title, enrolled, device, errorCode, reason, detail) => {
    const harness = await harnessOf(enrolled);
    for (const ask of [register, lookup, (h: Harness, d: Device) => poll(h, 'op', d)]) {
      const reply = await ask(harness, device);
      expect(reply).toMatchObject({ status: 401, errorCode });
      // The device learns nothing of the reason.
      expect(reply.body).toMatchObject({ errorCode, message: 'Unauthorized', trackingId: reply.requestId });
    }
    expect(eventsOf(harness, 'refused', device)).toMatchObject(
      ['register', 'lookup', 'poll'].map((operation) => ({ operation, reason, detail: expect.stringMatching(detail) })),
    );
    expect(harness.bugs).toEqual([]);
    expect(await harness.ports.registrations.list()).toEqual([]);
  });

  it.each([
    ['registration', undefined],
    ['', undefined],
    ['iothubowner', 'wrong-key-name'],
  ])('skn "%s" is judged after the signature', async (skn, reason) => {
    const harness = await harnessOf(ONE);
    const { makeDeviceSas } = await import('../../../emulator/wire/device-sas.ts');
    const bare = makeDeviceSas(
      { idScope: SCOPE, registrationId: DEVICE, key: PRIMARY, spelling: 'python' },
      Date.now(),
    );
    const reply = await register(harness, { credential: { kind: 'sas', token: `${bare}&skn=${skn}` } });
    expect(reply.status).toBe(reason === undefined ? 202 : 401);
    expect(eventsOf(harness, 'refused').map((event) => event.reason)).toEqual(reason === undefined ? [] : [reason]);
  });
});

describe('disabled enrollments [dps-service-behaviour §3.4]', () => {
  const blocked = { enrollments: [individual({ provisioningStatus: 'disabled' })], ...GROUPS };

  it.each<readonly [string, Device]>([
    ['its own key', { key: PRIMARY }],
    ['the derived key of an enabled group', {}],
    ['any other key', { key: key(5) }],
    ['an expired token', { key: PRIMARY, sas: { ttlSeconds: -1 } }],
    ['a token that cannot be read', { credential: { kind: 'sas', token: 'x' } }],
    ['no token', { credential: { kind: 'none' } }],
    ['a certificate', { credential: { kind: 'x509', subject: DEVICE } }],
  ])('a disabled individual blocks whoever comes with %s', async (_title, device) => {
    const harness = await harnessOf(blocked);
    const reply = await register(harness, device);
    expect(reply).toMatchObject({ status: 200, body: { status: 'disabled' } });
    expect(reply.text).toMatch(
      /^\{"operationId":"5\.[^"]+","status":"disabled","registrationState":\{"registrationId":"device-1","status":"disabled"\}\}$/,
    );
  });

  it('a disabled group gives its devices disabled and asks no webhook', async () => {
    const harness = await harnessOf({ enrollmentGroups: [group('g', GROUP_KEY, { provisioningStatus: 'disabled' })] });
    expect(await register(harness)).toMatchObject({ status: 200, body: { status: 'disabled' } });
    expect(eventsOf(harness, 'concluded')).toMatchObject(
      [{ status: 'disabled', reason: /enrollment group "g"/ }].map((row) => ({
        status: row.status,
        reason: expect.stringMatching(row.reason),
      })),
    );
    expect(await harness.ports.registrations.get(SCOPE, DEVICE)).toMatchObject({ status: 'disabled' });
  });

  it.each<readonly [string, Device, string]>([
    ['another key', { key: key(5) }, 'wrong-key'],
    ['an expired token', { sas: { ttlSeconds: -1 } }, 'expired'],
  ])('a disabled group tells nothing to whoever comes with %s', async (_title, device, reason) => {
    const harness = await harnessOf({ enrollmentGroups: [group('g', GROUP_KEY, { provisioningStatus: 'disabled' })] });
    expect((await register(harness, device)).status).toBe(401);
    expect(eventsOf(harness, 'refused')).toMatchObject([{ reason }]);
  });

  it('an enabled group behind a disabled one with the same key is not asked', async () => {
    const harness = await harnessOf({
      enrollmentGroups: [group('old', GROUP_KEY, { provisioningStatus: 'disabled' }), group('new', GROUP_KEY)],
    });
    expect((await register(harness)).body).toMatchObject({ status: 'disabled' });
  });

  it('a device that was disabled and is enabled again registers', async () => {
    const harness = await harnessOf(blocked);
    await register(harness);
    await harness.seed(setUpOf(undefined, { enrollments: [individual()] }));
    expect(await provision(harness, { key: PRIMARY })).toMatchObject({ status: 'assigned' });
  });
});

describe('the clock that tokens expire by', () => {
  const inFuture = { key: PRIMARY, sas: { ttlSeconds: 3600 } };

  it("is the wall clock, whatever the emulator's clock says", async () => {
    const harness = await harnessOf(ONE);
    await harness.clock.advance(365 * 24 * 3600 * 1000);
    expect((await register(harness, inFuture)).status).toBe(202);
  });

  it("is the emulator's clock on request", async () => {
    const harness = await harnessOf(ONE, { authClock: 'emulator' });
    const sas = { expiresAtSeconds: START_MS / 1000 + 60 };
    expect((await register(harness, { key: PRIMARY, sas })).status).toBe(202);
    await harness.clock.advance(59_999);
    expect((await register(harness, { key: PRIMARY, sas })).status).toBe(202);
    await harness.clock.advance(1);
    expect((await register(harness, { key: PRIMARY, sas })).status).toBe(401);
    expect(eventsOf(harness, 'refused')).toMatchObject([{ reason: 'expired' }]);
  });
});

const crypto = vi.hoisted(() => ({ comparisons: 0 }));
vi.mock('node:crypto', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:crypto')>();
  const timingSafeEqual: typeof original.timingSafeEqual = (one, other) => {
    crypto.comparisons += 1;
    return original.timingSafeEqual(one, other);
  };
  return { ...original, timingSafeEqual };
});

describe('comparing signatures', () => {
  it.each<readonly [string, Device]>([
    ['that match', { key: PRIMARY }],
    ['that do not', { key: key(5) }],
  ])('%s is done by timingSafeEqual, in constant time', async (_title, device) => {
    const harness = await harnessOf(ONE);
    crypto.comparisons = 0;
    await register(harness, device);
    expect(crypto.comparisons).toBeGreaterThan(0);
  });
});
