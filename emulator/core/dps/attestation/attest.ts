/** Decides which enrollment vouches for a request, in the order that the service looks. [dps-service-behaviour §3.4] */
import type { Enrollment, EnrollmentGroup, IndividualEnrollment } from '../../../wire/enrollment.ts';
import type { TpmChallenge } from '../../../wire/registration.ts';
import { hasRawPlus, parseSasToken, type SasToken } from '../../../wire/sas-token.ts';
import type { Assumptions } from '../../assumptions.ts';
import type { EnrollmentReads } from '../../store/enrollments.ts';
import type { Proven } from '../../store/proven.ts';
import type { Credential, RefusalReason } from './credential.ts';
import { groupOf, mistakeOf, ownerOf, TRIALS } from './known-mistakes.ts';
import { signingGroup } from './known-signers.ts';
import { faultOfSignedToken, provenBy } from './symmetric-key.ts';
import { mistakeOfForm } from './token-form.ts';

export interface AttestationRequest {
  readonly idScope: string;
  readonly registrationId: string;
  readonly credential: Credential;
  /** The instant by which tokens are judged, milliseconds since the epoch. */
  readonly nowMs: number;
  /** How many signatures a refusal may cost to be explained. Default: `TRIALS`. */
  readonly trials?: number;
}

export type Verdict =
  | { readonly kind: 'accepted'; readonly enrollment: Enrollment; readonly proven: Proven }
  /** A disabled individual enrollment ended the search before any key was looked at. */
  | { readonly kind: 'barred'; readonly enrollment: Enrollment }
  /** The device has yet to prove that it holds its TPM's keys: it is sent what only that TPM can read. */
  | { readonly kind: 'challenged'; readonly challenge: TpmChallenge }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string };

export type AcceptedVerdict = Extract<Verdict, { readonly kind: 'accepted' }>;
export type AdmittedVerdict = Extract<Verdict, { readonly kind: 'accepted' | 'barred' }>;

/**
 * An individual enrollment decides alone; without one, the groups are tried, oldest first. A disabled individual is
 * returned unproven: the device that it bars signs with its group's derived key.
 */
export async function attest(
  request: AttestationRequest,
  enrollments: EnrollmentReads,
  assumptions: Assumptions,
): Promise<Verdict> {
  const individual = await enrollments.individual(request.idScope, request.registrationId);
  if (individual?.provisioningStatus === 'disabled') {
    return { kind: 'barred', enrollment: { kind: 'individual', record: individual } };
  }
  if (request.credential.kind === 'none') return refused('no-credential', 'the request carries no token');
  if (request.credential.kind === 'x509') {
    const detail = `the client showed the certificate "${request.credential.subject}" and no token; X.509 attestation is not emulated yet`;
    return refused('attestation-not-emulated', detail);
  }
  const parsed = parseSasToken(request.credential.token);
  if (parsed.kind === 'malformed') {
    const mistake = mistakeOfForm(request.credential.token);
    return refused('malformed-token', mistake === undefined ? parsed.why : `${parsed.why}; ${mistake}`);
  }
  if (assumptions['sas-raw-plus'] === 'space' && hasRawPlus(request.credential.token)) {
    return refused(
      'malformed-token',
      'the field "sig" has a "+" that was not percent-encoded, which is read as a space',
    );
  }
  const signed =
    individual === undefined
      ? attestAgainstGroups(parsed.token, request, await enrollments.groups(request.idScope), assumptions)
      : attestAgainstIndividual(parsed.token, individual);
  if (signed.kind === 'refused') {
    if (signed.reason !== 'wrong-key') return signed;
    const mistake = await explained(parsed.token, request, individual, enrollments);
    return mistake === undefined ? signed : refused('wrong-key', `${signed.detail}; it is ${mistake}`);
  }
  const at = {
    nowMs: request.nowMs,
    resourceCase: assumptions['resource-case'],
    farExpiry: assumptions['far-expiry'],
  };
  const fault = faultOfSignedToken(parsed.token, request, at);
  return fault === undefined ? signed : refused(fault.reason, fault.detail);
}

function attestAgainstIndividual(token: SasToken, record: IndividualEnrollment): Verdict {
  const { attestation } = record;
  if (attestation.type !== 'symmetricKey') {
    const detail = `the individual enrollment "${record.registrationId}" attests with ${attestation.type}, which is not emulated yet; only symmetricKey is`;
    return refused('attestation-not-emulated', detail);
  }
  const proven = provenBy(token, [attestation.symmetricKey]);
  if (proven !== undefined) return { kind: 'accepted', enrollment: { kind: 'individual', record }, proven };
  const detail = `the token is not signed with a key of the individual enrollment "${record.registrationId}"`;
  return refused('wrong-key', detail);
}

function attestAgainstGroups(
  token: SasToken,
  { registrationId }: AttestationRequest,
  groups: readonly EnrollmentGroup[],
  assumptions: Assumptions,
): Verdict {
  if (groups.length === 0) {
    return refused(
      'unknown-registration',
      `there is no individual enrollment "${registrationId}" and no enrollment group`,
    );
  }
  const signed = signingGroup(token, registrationId, groups, assumptions['group-key-case']);
  if (signed !== undefined) {
    return { kind: 'accepted', enrollment: { kind: 'group', record: signed.record }, proven: signed.proven };
  }
  const withKeys = groups.flatMap((record) =>
    record.attestation.type === 'symmetricKey' ? [{ record, keys: record.attestation.symmetricKey }] : [],
  );
  if (withKeys.length === 0) {
    const kinds = groups.map((group) => `"${group.enrollmentGroupId}" (${group.attestation.type})`).join(', ');
    const detail = `there is no individual enrollment "${registrationId}", and no enrollment group has symmetric keys: ${kinds}; other attestations are not emulated yet`;
    return refused('attestation-not-emulated', detail);
  }
  const owner = withKeys.find(({ keys }) => provenBy(token, [keys]) !== undefined);
  if (owner !== undefined) {
    const detail = `the token is signed with the key of the group "${owner.record.enrollmentGroupId}" itself; derive the device's key from it: dps-emulator key derive`;
    return refused('group-key-used-directly', detail);
  }
  const detail = `there is no individual enrollment "${registrationId}", and the token is not signed with the key that any of the groups ${listed(withKeys.map(({ record }) => record.enrollmentGroupId))} gives this id`;
  return refused('wrong-key', detail);
}

/** Looks for the mistake that explains a signature; only a refusal pays for it. */
async function explained(
  token: SasToken,
  { idScope, registrationId, trials = TRIALS }: AttestationRequest,
  individual: IndividualEnrollment | undefined,
  enrollments: EnrollmentReads,
): Promise<string | undefined> {
  const groups = await enrollments.groups(idScope);
  const owners = [...(individual === undefined ? [] : [individual]), ...groups].flatMap(
    (record) => ownerOf(record) ?? [],
  );
  const group = individual && groupOf(token, registrationId, owners, trials);
  if (group !== undefined) {
    return `signed with the key that the group "${group}" gives this id: an individual enrollment decides alone, use its own key`;
  }
  return mistakeOf({ registrationId, token }, owners, trials);
}

const LISTED = 3;

/** `"a", "b", "c" and 12 more` */
function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, LISTED)
    .map((name) => `"${name}"`)
    .join(', ');
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown;
}

function refused(reason: RefusalReason, detail: string): Verdict {
  return { kind: 'refused', reason, detail };
}
