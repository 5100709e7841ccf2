/** Explains a token to the user of the emulator, check by check: what the service says of it and why. */

import type { SasCheck, SasExplanation, SasQuestion } from '../../../wire/control-api.ts';
import { parseSasToken } from '../../../wire/sas-token.ts';
import { isoInstant } from '../../../wire/timestamp.ts';
import type { Assumptions } from '../../assumptions.ts';
import type { EnrollmentReads } from '../../store/enrollments.ts';
import type { InstanceReads } from '../../store/instances.ts';
import { attest } from './attest.ts';
import { THOROUGH_TRIALS } from './known-mistakes.ts';
import { mistakeOfForm } from './token-form.ts';

export interface ExplainPorts {
  readonly instances: InstanceReads;
  readonly enrollments: EnrollmentReads;
  readonly credentialNow: () => number;
  readonly settings: { readonly assumptions: Assumptions };
}

const RESOURCE = /^([^/]+)\/registrations\/(.+)$/;

export async function explainSas(question: SasQuestion, ports: ExplainPorts): Promise<SasExplanation> {
  const checks: SasCheck[] = [];
  const add = (check: SasCheck['check'], isPassed: boolean, detail: string): boolean => {
    checks.push({ check, isPassed, detail });
    return isPassed;
  };
  const parsed = parseSasToken(question.token);
  if (parsed.kind === 'malformed') {
    const mistake = mistakeOfForm(question.token);
    add('form', false, mistake === undefined ? parsed.why : `${parsed.why}; ${mistake}`);
    return { isAccepted: false, reason: 'malformed-token', checks };
  }
  const { token } = parsed;
  add('form', true, `for "${token.resource}", expires ${isoInstant(token.expiryMs)}, skn ${token.keyName ?? 'absent'}`);
  const [, scopeInToken, idInToken] = RESOURCE.exec(token.resource) ?? [];
  const idScope = question.idScope ?? scopeInToken ?? '';
  const registrationId = question.registrationId ?? idInToken ?? '';
  const isKnown = (await ports.instances.byScope(idScope)) !== undefined;
  if (
    !add('scope', isKnown, isKnown ? `the ID scope "${idScope}" is here` : `there is no ID scope "${idScope}" here`)
  ) {
    return { isAccepted: false, reason: 'unknown-scope', checks };
  }
  const request = {
    idScope,
    registrationId,
    credential: { kind: 'sas', token: question.token },
    nowMs: ports.credentialNow(),
    trials: THOROUGH_TRIALS,
  } as const;
  const verdict = await attest(request, ports.enrollments, ports.settings.assumptions);
  if (verdict.kind === 'refused') {
    add('credential', false, verdict.detail);
    return { isAccepted: false, reason: verdict.reason, checks };
  }
  if (verdict.kind === 'challenged') {
    add('credential', false, 'the device has yet to prove that it holds the keys of its TPM');
    return { isAccepted: false, reason: 'challenged', checks };
  }
  const { enrollment } = verdict;
  const name =
    enrollment.kind === 'group'
      ? `the enrollment group "${enrollment.record.enrollmentGroupId}"`
      : `the individual enrollment "${enrollment.record.registrationId}"`;
  if (verdict.kind === 'accepted' && verdict.proven.kind === 'symmetricKey') {
    add('credential', true, `signed with the ${verdict.proven.which} key of ${name}`);
  }
  const isEnabled = enrollment.record.provisioningStatus === 'enabled';
  add('enrollment', isEnabled, `${name} is ${enrollment.record.provisioningStatus}`);
  return isEnabled ? { isAccepted: true, checks } : { isAccepted: false, reason: 'disabled', checks };
}
