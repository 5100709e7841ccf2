/** What is remembered of who signed changes no answer: among a thousand groups the right one is found, and after a rotation the new key. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signingGroup } from '../../../emulator/core/dps/attestation/known-signers.ts';
import { makeDeviceSas } from '../../../emulator/wire/device-sas.ts';
import type { EnrollmentGroup } from '../../../emulator/wire/enrollment.ts';
import { parseSasToken, type SasToken } from '../../../emulator/wire/sas-token.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';
import { register, SCOPE, setUpOf, startHarness } from '../service-harness.ts';

const key = (n: number): string => Buffer.alloc(32, `key ${n} `).toString('base64');

function groupOf(id: number, primary: number, secondary: number): EnrollmentGroup {
  return {
    enrollmentGroupId: `g${id}`,
    attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: key(primary), secondaryKey: key(secondary) } },
    provisioningStatus: 'enabled',
    etag: '"e"',
    createdDateTimeUtc: 'c',
    lastUpdatedDateTimeUtc: 'u',
  };
}

/** @param minute of its expiry: another one is another token of the same key */
function tokenOf(registrationId: string, groupKey: number, minute: number): SasToken {
  const signed = { idScope: SCOPE, registrationId, key: deriveDeviceKey(key(groupKey), registrationId) };
  const parsed = parseSasToken(makeDeviceSas(signed, Date.UTC(2026, 0, 1, 0, minute)));
  if (parsed.kind === 'malformed') throw new Error(parsed.why);
  return parsed.token;
}

/** One step: a group is put, replaced or removed, or two devices sign with a key. Few keys, so that groups share them. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), id: fc.nat(3), primary: fc.nat(3), secondary: fc.nat(3) }),
  fc.record({ kind: fc.constant('delete' as const), id: fc.nat(3) }),
  fc.record({
    kind: fc.constant('ask' as const),
    device: fc.constantFrom('d', 'D', 'e'),
    by: fc.nat(3),
    minute: fc.nat(2),
    spelling: fc.constantFrom('as-sent' as const, 'as-sent-then-lower' as const),
  }),
);

describe('what is remembered of who signed', () => {
  it('never changes the answer, whatever is written in between', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        let groups: readonly EnrollmentGroup[] = [groupOf(0, 0, 1), groupOf(1, 1, 2)];
        for (const one of steps) {
          if (one.kind === 'ask') {
            const token = tokenOf(one.device, one.by, one.minute);
            const found = signingGroup(token, one.device, [...groups], one.spelling);
            // Copies are other records: nothing is known of them.
            const anew = signingGroup(token, one.device, structuredClone(groups) as EnrollmentGroup[], one.spelling);
            expect([found?.record, found?.proven]).toEqual([anew?.record, anew?.proven]);
          } else {
            const id = `g${one.id}`;
            const isThere = one.kind === 'put' && groups.some((group) => group.enrollmentGroupId === id);
            const written = one.kind === 'put' ? [groupOf(one.id, one.primary, one.secondary)] : [];
            groups = groups.flatMap((group) => (group.enrollmentGroupId === id ? written : [group]));
            if (!isThere) groups = [...groups, ...written];
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('finds the right one of 1,001 groups, and after a rotation only the new key', async () => {
    const groups = Array.from({ length: 1001 }, (_, n) => ({
      enrollmentGroupId: `g${n}`,
      attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: key(n), secondaryKey: key(n + 5000) } },
    })) as never;
    const harness = await startHarness({ setUp: setUpOf(undefined, { enrollmentGroups: groups }) });
    const by = (n: number) => ({ key: deriveDeviceKey(key(n), 'device-1') });
    const groupNow = async (): Promise<string | undefined> =>
      (await harness.ports.registrations.get(SCOPE, 'device-1'))?.enrollmentGroupId;
    for (const n of [1000, 1000, 700]) {
      expect((await register(harness, by(n))).status).toBe(202);
      expect(await groupNow()).toBe(`g${n}`);
      await harness.clock.untilSleeping(0);
    }
    const rotated = { type: 'symmetricKey', symmetricKey: { primaryKey: key(9000), secondaryKey: key(9001) } } as const;
    await harness.ports.transaction('rotation', async (tx) => {
      const group = await tx.enrollments.group(SCOPE, 'g700');
      if (group !== undefined) await tx.enrollments.putGroup(SCOPE, { ...group, attestation: rotated });
    });
    expect((await register(harness, by(700))).status).toBe(401);
    expect((await register(harness, by(9000))).status).toBe(202);
    expect(await groupNow()).toBe('g700');
  });
});
