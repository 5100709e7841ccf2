/** Enrollments of either kind at the service API, as the verbs read and write them. [dps-service-behaviour §4.1] */

import type { ServiceClient } from '../../client/service-client.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import { AzError } from './az-error.ts';
import { groupId, individualId } from './shared-options.ts';
import type { AzOption } from './verb.ts';

export interface EnrollmentKind {
  /** The words of its verbs: `iot dps enrollment-group`. */
  readonly path: string;
  /** For sentences. */
  readonly noun: string;
  readonly collection: 'enrollments' | 'enrollmentGroups';
  readonly idMember: 'registrationId' | 'enrollmentGroupId';
  readonly idOption: AzOption;
  /** For examples. */
  readonly exampleId: string;
}

export const INDIVIDUAL: EnrollmentKind = {
  path: 'iot dps enrollment',
  noun: 'enrollment',
  collection: 'enrollments',
  idMember: 'registrationId',
  idOption: individualId,
  exampleId: 'my-device',
};

export const GROUP: EnrollmentKind = {
  path: 'iot dps enrollment-group',
  noun: 'enrollment group',
  collection: 'enrollmentGroups',
  idMember: 'enrollmentGroupId',
  idOption: groupId,
  exampleId: 'contoso-custom-allocated-devices',
};

/** Without keys. */
export async function readEnrollment(client: ServiceClient, kind: EnrollmentKind, id: string): Promise<JsonObject> {
  return objectIn((await client.ask({ method: 'GET', path: pathOf(kind, id) })).body, kind);
}

/** With keys. */
export async function readAttestation(client: ServiceClient, kind: EnrollmentKind, id: string): Promise<JsonObject> {
  return objectIn((await client.ask({ method: 'POST', path: `${pathOf(kind, id)}/attestationmechanism` })).body, kind);
}

/** @param headers without `If-Match` the record must be new */
export async function writeEnrollment(
  client: ServiceClient,
  kind: EnrollmentKind,
  { id, body, headers = {} }: { readonly id: string; readonly body: JsonObject; readonly headers?: Headers },
): Promise<JsonValue> {
  return (await client.ask({ method: 'PUT', path: pathOf(kind, id), body, headers })).body;
}

export function pathOf(kind: EnrollmentKind, id: string): string {
  return `/${kind.collection}/${encodeURIComponent(id)}`;
}

/** The member that says how devices prove themselves: `symmetricKey`, `x509`, `tpm` or `none`. */
export function attestationType(attestation: JsonValue | undefined): string {
  return isJsonObject(attestation) ? String(attestation.type) : 'none';
}

type Headers = Readonly<Record<string, string>>;

function objectIn(body: JsonValue, { noun }: EnrollmentKind): JsonObject {
  if (isJsonObject(body)) return body;
  throw new AzError('service', `the service answered with something that is no ${noun}`);
}
