/** Symmetric-key attestation: which of an enrollment's keys signed the token, or why none did. */
import type { SymmetricKeys } from '../../../wire/enrollment.ts';
import { registrationKey } from '../../../wire/registration-id.ts';
import { isSignedWith, type SasToken } from '../../../wire/sas-token.ts';
import { deriveDeviceKey } from '../../../wire/symmetric-key.ts';
import { isoInstant } from '../../../wire/timestamp.ts';
import type { Assumptions } from '../../assumptions.ts';
import type { Proven } from '../../store/proven.ts';
import type { RefusalReason } from './credential.ts';

/** Finds the pair of keys whose primary or secondary signed the token. */
export function provenBy(
  token: SasToken,
  candidates: readonly SymmetricKeys[],
): Extract<Proven, { readonly kind: 'symmetricKey' }> | undefined {
  for (const keys of candidates) {
    if (isSignedWith(token, keys.primaryKey)) return { kind: 'symmetricKey', which: 'primary', keys };
    if (isSignedWith(token, keys.secondaryKey)) return { kind: 'symmetricKey', which: 'secondary', keys };
  }
  return undefined;
}

/** The device keys of a group for a registration id, in every spelling of the id that is tried. */
export function derivedKeys(
  groupKeys: SymmetricKeys,
  registrationId: string,
  spelling: Assumptions['group-key-case'],
): readonly SymmetricKeys[] {
  const spellings = new Set([registrationId]);
  if (spelling === 'as-sent-then-lower') spellings.add(registrationKey(registrationId));
  return [...spellings].map((id) => ({
    primaryKey: deriveDeviceKey(groupKeys.primaryKey, id),
    secondaryKey: deriveDeviceKey(groupKeys.secondaryKey, id),
  }));
}

/** 9999-12-31T23:59:59.999Z: .NET's last instant. */
const LAST_INSTANT_MS = 253_402_300_799_999;

/** What is wrong with a token although its signature is right: the resource, the policy name or the time. */
export function faultOfSignedToken(
  token: SasToken,
  expected: { readonly idScope: string; readonly registrationId: string },
  at: {
    readonly nowMs: number;
    readonly resourceCase: Assumptions['resource-case'];
    readonly farExpiry: Assumptions['far-expiry'];
  },
): { readonly reason: RefusalReason; readonly detail: string } | undefined {
  const resource = `${expected.idScope}/registrations/${expected.registrationId}`;
  const fold = (text: string): string => (at.resourceCase === 'exact' ? text : text.toLowerCase());
  if (fold(token.resource) !== fold(resource)) {
    return { reason: 'wrong-resource', detail: `the token is for "${token.resource}", the device is "${resource}"` };
  }
  if (token.keyName !== undefined && token.keyName !== '' && token.keyName !== 'registration') {
    return {
      reason: 'wrong-key-name',
      detail: `skn is "${token.keyName}"; it must be "registration", empty or absent`,
    };
  }
  if (at.farExpiry === 'refuse' && token.expiryMs > LAST_INSTANT_MS) {
    const isMilliseconds = token.expiryMs / 1000 <= LAST_INSTANT_MS;
    const detail = `"se" is ${token.expiryText}, after the year 9999${isMilliseconds ? '; it counts seconds since 1970, not milliseconds' : ''}`;
    return { reason: 'expiry-out-of-range', detail };
  }
  if (token.expiryMs <= at.nowMs) {
    const expired = isoInstant(token.expiryMs);
    return { reason: 'expired', detail: `the token expired at ${expired}; it is ${isoInstant(at.nowMs)}` };
  }
  return undefined;
}
