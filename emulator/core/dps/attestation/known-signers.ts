/** Which key a device has last signed with: the groups before its own are not tried again, nor a token that is known. */
import type { EnrollmentGroup } from '../../../wire/enrollment.ts';
import { isSignedWith, type SasToken } from '../../../wire/sas-token.ts';
import type { Assumptions } from '../../assumptions.ts';
import type { Proven } from '../../store/proven.ts';
import { derivedKeys, provenBy } from './symmetric-key.ts';

export interface GroupProof {
  readonly record: EnrollmentGroup;
  readonly proven: Extract<Proven, { readonly kind: 'symmetricKey' }>;
}

interface Known extends GroupProof {
  /** The token that proved it. */
  readonly token: SasToken;
  readonly spelling: Assumptions['group-key-case'];
}

/** What is known of the devices of these very records, in this order: a change of any of them makes it void. */
interface Knowledge {
  readonly groups: readonly EnrollmentGroup[];
  readonly byId: Map<string, Known>;
}

/** By the oldest group, with which it goes. Records do not change: one that is written anew is another object. */
const knowledge = new WeakMap<EnrollmentGroup, Knowledge>();

/** Devices of an instance that are remembered; the one that was met first is forgotten first. */
const KNOWN_MAX = 1000;

/**
 * The first of the groups, oldest first, that gives this id a key with which the token is signed. A key that signed
 * before is looked at first: no older group had it, so whatever it has signed no older group can have.
 */
export function signingGroup(
  token: SasToken,
  registrationId: string,
  groups: readonly EnrollmentGroup[],
  spelling: Assumptions['group-key-case'],
): GroupProof | undefined {
  const byId = knownAmong(groups);
  const known = byId?.get(registrationId);
  if (known !== undefined && known.spelling === spelling && isSignedAgain(token, known)) return known;
  for (const record of groups) {
    if (record.attestation.type !== 'symmetricKey') continue;
    const proven = provenBy(token, derivedKeys(record.attestation.symmetricKey, registrationId, spelling));
    if (proven === undefined) continue;
    const found: Known = { record, proven, token, spelling };
    byId?.set(registrationId, found);
    const [oldest] = byId?.keys() ?? [];
    if (byId !== undefined && byId.size > KNOWN_MAX && oldest !== undefined) byId.delete(oldest);
    return found;
  }
  return undefined;
}

function knownAmong(groups: readonly EnrollmentGroup[]): Map<string, Known> | undefined {
  const [oldest] = groups;
  if (oldest === undefined) return undefined;
  const known = knowledge.get(oldest);
  const isSame =
    known?.groups.length === groups.length && known.groups.every((group, index) => group === groups[index]);
  if (known !== undefined && isSame) return known.byId;
  const byId = new Map<string, Known>();
  knowledge.set(oldest, { groups, byId });
  return byId;
}

/** By the very key that is known: what the other one of the pair has signed may be an older group's. */
function isSignedAgain(token: SasToken, { proven, token: last }: Known): boolean {
  const { resourceText, expiryText, signature } = last;
  const isKnown = token.resourceText === resourceText && token.expiryText === expiryText;
  if (isKnown && token.signature.equals(signature)) return true;
  const { primaryKey, secondaryKey } = proven.keys;
  return isSignedWith(token, proven.which === 'primary' ? primaryKey : secondaryKey);
}
