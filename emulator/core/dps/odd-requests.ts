/** What is odd about a request that is answered all the same: told in the journal, since the real service may not answer it. */
import { EARLY_API_VERSION } from '../../wire/api-version.ts';
import { registrationSubject } from '../../wire/journal-subject.ts';
import { hasRawPlus } from '../../wire/sas-token.ts';
import type { Ports } from '../ports.ts';
import type { CheckedCall } from './checks.ts';

/** A poll carries what the register carried, and is not told of again. */
export function noteOddities({ call, apiVersion }: CheckedCall, { journal, settings }: Ports): void {
  if (call.request.operation === 'poll') return;
  const note = (detail: string): void => journal.record(registrationSubject(call), { kind: 'noted', detail });
  if (apiVersion === EARLY_API_VERSION) {
    note(`api-version ${apiVersion} was never published; old firmware sends it (--assume early-api-version=refuse)`);
  }
  const { credential } = call;
  if (credential.kind === 'sas' && hasRawPlus(credential.token)) {
    const reading = settings.assumptions['sas-raw-plus'] === 'plus' ? 'read as it stands here' : 'read as a space';
    note(
      `the token has a "+" in its sig, ${reading}: about half of all signatures have one, and the real service may read it as a space. Percent-encode the signature: "+" is %2B, "/" %2F, "=" %3D`,
    );
  }
}
