/** What each attestation leads to, from the verdict on: journal, webhook, hub and answer. None needs a key to be there. */
import { describe, expect, it } from 'vitest';
import { buildAllocationRequest } from '../../../emulator/allocation-webhook/request-builder.ts';
import { type Assumptions, resolveAssumptions } from '../../../emulator/core/assumptions.ts';
import type { AdmittedVerdict, Verdict } from '../../../emulator/core/dps/attestation/attest.ts';
import { admitted } from '../../../emulator/core/dps/checks.ts';
import { renderRegistration } from '../../../emulator/core/dps/render.ts';
import { DpsError } from '../../../emulator/core/errors.ts';
import { createHubs, provisionDevice } from '../../../emulator/core/hub/hub-devices.ts';
import { renderDevice, renderTwin } from '../../../emulator/core/hub/render-hub-device.ts';
import { createIds } from '../../../emulator/core/ids.ts';
import { createMemoryStore } from '../../../emulator/core/store/memory/memory-store.ts';
import { evidenceOf, type Proven } from '../../../emulator/core/store/proven.ts';
import type { Outcome } from '../../../emulator/core/store/registrations.ts';
import { createStore } from '../../../emulator/core/store/store.ts';
import { registrationSubject } from '../../../emulator/wire/journal-subject.ts';
import { HUB_A, startHarness } from '../service-harness.ts';

const KEYS = { primaryKey: 'p', secondaryKey: 's' };
const KEY = { kind: 'symmetricKey', which: 'secondary', keys: KEYS } as const satisfies Proven;
const CERTIFICATE = {
  kind: 'x509',
  subject: 'd',
  thumbprints: { sha1: 'A1', sha256: 'A256' },
  chain: ['bGVhZg==', 'aXNzdWVy'],
} as const satisfies Proven;
const TPM = { kind: 'tpm', endorsementKey: 'ZWs=', storageRootKey: 'c3Jr' } as const satisfies Proven;

const ASSUMPTIONS: Assumptions = resolveAssumptions();
const CHALLENGE = { message: 'Unauthorized', authenticationKey: 'bm9uY2U=', keyName: 'registration' } as const;
const stamped = { etag: '"e"', createdDateTimeUtc: 'c', lastUpdatedDateTimeUtc: 'u' } as const;
const enrollment = {
  kind: 'individual',
  record: { registrationId: 'd', attestation: { type: 'none' }, provisioningStatus: 'enabled', ...stamped },
} as const;

describe('what a device has proved', () => {
  it.each([
    [KEY, { key: 'secondary' }],
    [CERTIFICATE, { certificate: { subject: 'd', sha256Thumbprint: 'A256' } }],
    [TPM, { endorsementKey: 'ZWs=' }],
    [undefined, { key: 'none' }],
  ])('is told in the journal without a secret: %j', (proven, evidence) => {
    expect(evidenceOf(proven)).toEqual(evidence);
  });

  it.each([
    [KEY, { symmetricKey: {} }],
    [CERTIFICATE, { x509: { clientCertificate: 'bGVhZg==' } }],
    [TPM, { tpm: { endorsementKey: 'ZWs=', storageRootKey: 'c3Jr' } }],
    [{ ...TPM, storageRootKey: undefined }, { tpm: { endorsementKey: 'ZWs=' } }],
  ])('is told to the webhook, between assignment and payload: %j', (proven, member) => {
    const { deviceRuntimeContext } = buildAllocationRequest({
      subject: registrationSubject({ idScope: 's', registrationId: 'd' }),
      enrollment,
      proven,
      registrationId: 'd',
      current: { hub: HUB_A, deviceId: 'x' },
      payload: 1,
      linkedHubs: [],
    });
    expect(JSON.stringify(deviceRuntimeContext)).toBe(
      JSON.stringify({
        registrationId: 'd',
        currentIotHubHostName: HUB_A,
        currentDeviceId: 'x',
        ...member,
        payload: 1,
      }),
    );
  });

  const NO_KEYS = { primaryKey: null, secondaryKey: null };
  const NO_THUMBPRINTS = { primaryThumbprint: null, secondaryThumbprint: null };
  const generated = { primaryKey: expect.stringMatching(/=$/), secondaryKey: expect.stringMatching(/=$/) };

  it.each([
    [KEY, 'sas', { primaryKey: 's', secondaryKey: 'p' }, NO_THUMBPRINTS],
    [CERTIFICATE, 'selfSigned', NO_KEYS, { primaryThumbprint: 'A256', secondaryThumbprint: null }],
    [TPM, 'sas', generated, NO_THUMBPRINTS],
  ])('is what it authenticates with at its hub: %j', async (proven, type, symmetricKey, x509Thumbprint) => {
    const store = createStore(createMemoryStore());
    const ports = { ids: createIds('seed'), now: () => 0 };
    const hubs = createHubs(store, ports);
    await hubs.create(HUB_A);
    const request = {
      hub: HUB_A,
      deviceId: 'd',
      proven,
      iotEdge: false,
      data: 'initial',
      twin: undefined,
      previous: undefined,
    } as const;
    await store.transaction('device', (tx) => provisionDevice(request, tx, ports));
    const [device, twin] = [await hubs.device(HUB_A, 'd'), await hubs.twin(HUB_A, 'd')];
    if (device === undefined || twin === undefined) throw new Error('there is no device');
    expect(renderDevice(device)).toMatchObject({ authentication: { type, symmetricKey, x509Thumbprint } });
    expect(renderTwin(twin, device, 'now')).toMatchObject({ authenticationType: type, x509Thumbprint });
  });

  it.each([
    ['symmetricKey', undefined, {}],
    ['symmetricKey', 'g', { symmetricKey: { enrollmentGroupId: 'g' } }],
    ['x509', undefined, { x509: {} }],
    ['x509', 'g', { x509: { enrollmentGroupId: 'g' } }],
    ['tpm', undefined, { tpm: {} }],
  ] as const)('is the first member of the answer [dps-device-protocol §1.5]: %s, group %s', (kind, group, member) => {
    const record: Outcome = {
      idScope: 's',
      registrationId: 'd',
      ...(group !== undefined && { enrollmentGroupId: group }),
      attestation: kind,
      status: 'assigned',
      createdMs: 0,
      updatedMs: 0,
      etag: '"e"',
      version: 1,
      operationId: 'o',
      operationCount: 1,
    };
    const to = { apiVersion: '2021-06-01', assumptions: resolveAssumptions() };
    const { symmetricKey, x509, tpm, ...rest } = renderRegistration(record, to);
    expect(JSON.parse(JSON.stringify({ symmetricKey, x509, tpm }))).toEqual(member);
    expect(Object.keys(renderRegistration(record, to))).toEqual([...Object.keys(member), ...Object.keys(rest)]);
  });
});

describe('a verdict', () => {
  it.each([
    { kind: 'accepted', enrollment, proven: CERTIFICATE },
    { kind: 'accepted', enrollment, proven: TPM },
    { kind: 'barred', enrollment },
  ] as const)('that lets in is handed on: %j', (verdict: AdmittedVerdict) => {
    expect(admitted(verdict, ASSUMPTIONS)).toBe(verdict);
  });

  it('of a TPM that has yet to prove itself is a 401 whose body is the challenge [dps-device-protocol §5.2]', async () => {
    const verdict: Verdict = { kind: 'challenged', challenge: CHALLENGE };
    const { dps } = await startHarness();
    const refusal = thrownBy(() => admitted(verdict, ASSUMPTIONS));
    const reply = dps.refuse(refusal);
    expect(reply).toMatchObject({ status: 401, text: JSON.stringify(CHALLENGE) });
    expect(reply.errorCode).toBeUndefined();
    expect(refusal.reason).toMatch(/^challenged: /);
  });
});

function thrownBy(work: () => unknown): DpsError {
  try {
    work();
  } catch (error) {
    if (error instanceof DpsError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
