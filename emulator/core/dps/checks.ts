/** The checks that every device request passes, in the order in which they are made (docs/fidelity.md, "Order of checks"). */
import { EARLY_API_VERSION, isKnownApiVersion } from '../../wire/api-version.ts';
import { parseJson, TOO_DEEP } from '../../wire/json-depth.ts';
import { isRegistrationId, REGISTRATION_ID_RULE } from '../../wire/registration-id.ts';
import { isJsonObject, type JsonObject } from '../../wire/twin.ts';
import type { Assumptions } from '../assumptions.ts';
import { DpsError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { DpsInstance } from '../store/instances.ts';
import type { Reads } from '../store/store.ts';
import { type AdmittedVerdict, attest, type Verdict } from './attestation/attest.ts';
import type { DeviceCall } from './device-call.ts';

/** What the checks have established about a request. */
export interface CheckedCall {
  readonly call: DeviceCall;
  readonly instance: DpsInstance;
  readonly apiVersion: string;
}

export async function checkCall(call: DeviceCall, ports: Ports): Promise<CheckedCall> {
  const instance = await findInstance(call, ports, ports);
  const apiVersion = checkApiVersion(call.apiVersion, 'device', ports.settings.assumptions);
  const edges = ports.settings.assumptions['registration-id-edges'];
  if (!isRegistrationId(call.registrationId, edges)) {
    const reason = `the registration id "${call.registrationId.slice(0, 160)}" must be ${REGISTRATION_ID_RULE} (registration-id-edges: ${edges})`;
    throw new DpsError('RegistrationIdInvalid', { reason });
  }
  return { call, instance, apiVersion };
}

/** @throws {DpsError} when there is no such scope (any more) */
export async function findInstance(
  call: DeviceCall,
  { instances }: Pick<Reads, 'instances'>,
  { settings }: Pick<Ports, 'settings'>,
): Promise<DpsInstance> {
  const instance = await instances.byScope(call.idScope);
  if (instance !== undefined) return instance;
  const known = (await instances.list()).map((other) => other.idScope);
  const reason = `unknown ID scope "${call.idScope}"; the scopes here are: ${known.join(', ') || 'none'}`;
  if (settings.assumptions['unknown-scope'] === '401002') throw new DpsError('Unauthorized', { reason });
  const message = `There is no provisioning service with the ID scope "${call.idScope.slice(0, 64)}". Known: ${known.join(', ') || 'none'}.`;
  throw new DpsError('IdScopeNotFound', { message, reason });
}

export function checkApiVersion(
  apiVersion: string | undefined,
  api: 'device' | 'service',
  assumptions: Assumptions,
): string {
  if (apiVersion === undefined || apiVersion === '') {
    throw new DpsError('ApiVersionInvalid', { message: 'The query parameter api-version is required.' });
  }
  const isEarly = api === 'device' && apiVersion === EARLY_API_VERSION && assumptions['early-api-version'] === 'accept';
  if (!isEarly && !isKnownApiVersion(apiVersion, api) && assumptions['unsupported-api-version'] === 'refuse') {
    throw new DpsError('ApiVersionInvalid', {
      message: `The api-version "${apiVersion.slice(0, 64)}" is not supported.`,
    });
  }
  return apiVersion;
}

/** @throws {DpsError} unless the body is a JSON object */
export function readObject(body: string): JsonObject {
  const parsed = parseJson(body);
  switch (parsed.kind) {
    case 'json':
      if (isJsonObject(parsed.value)) return parsed.value;
      throw new DpsError('RequestInvalid', { message: 'The body must be a JSON object.' });
    case 'too-deep':
      throw new DpsError('RequestInvalid', { message: `The body is ${TOO_DEEP}.` });
    case 'broken':
      throw new DpsError('RequestInvalid', {
        message: 'The body is not valid JSON.',
        reason: `the body is not JSON: ${parsed.why}`,
      });
  }
}

/** Takes the verdict on the credential; refusals and challenges throw, acceptance is journaled by the caller. */
export async function authenticate(
  { call }: { readonly call: Omit<DeviceCall, 'request'> },
  ports: Ports,
): Promise<AdmittedVerdict> {
  const verdict = await attest(
    {
      idScope: call.idScope,
      registrationId: call.registrationId,
      credential: call.credential,
      nowMs: ports.credentialNow(),
    },
    ports.enrollments,
    ports.settings.assumptions,
  );
  return admitted(verdict, ports.settings.assumptions);
}

export function admitted(verdict: Verdict, assumptions: Assumptions): AdmittedVerdict {
  switch (verdict.kind) {
    case 'accepted':
    case 'barred':
      return verdict;
    case 'challenged': {
      const reason = 'challenged: the device has yet to prove that it holds the keys of its TPM';
      throw new DpsError('Unauthorized', { reason, challenge: verdict.challenge });
    }
    case 'refused': {
      const isUnreadable =
        verdict.reason === 'malformed-token' ||
        verdict.reason === 'no-credential' ||
        assumptions['unauthorized-code'] === '401000';
      const reason = `${verdict.reason}: ${verdict.detail}`;
      throw new DpsError(isUnreadable ? 'CredentialUnreadable' : 'Unauthorized', { reason });
    }
  }
}
