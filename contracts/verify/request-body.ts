/** Turns a shape into the bytes that the service would send, and into the same request with its members reordered. */

import { type AllocationQuestion, buildAllocationRequest } from '../../emulator/service-door.ts';
import { CONTOSO_GROUP } from '../../emulator/wire/contoso.ts';
import { jsonCopy } from '../../emulator/wire/json.ts';
import { isJsonObject, type JsonValue } from '../../emulator/wire/twin.ts';
import type { Attester } from './attester.ts';
import type { Shape } from './shape.ts';

/** Of the tutorial's log: the quotes belong to the value. [dps-service-behaviour §1.3] */
const ETAG = '"0000f176-0000-0700-0000-62eaad1e0000"';
const CREATED = '2022-08-03T17:15:10.8464255Z';
const UPDATED = '2022-08-03T17:15:31.62286Z';

/** @param webhookUrl as it would stand in the enrollment; the builder masks its query as the service does */
export async function requestOf(shape: Shape, webhookUrl: string, provenBy: Attester): Promise<JsonValue> {
  const { registrationId, linkedHubs, payload, current } = shape;
  const request = buildAllocationRequest({
    subject: { kind: 'registration', idScope: '', registrationId },
    enrollment: enrollmentOf(shape, webhookUrl),
    proven: await provenBy(shape.attestation, registrationId),
    registrationId,
    current,
    payload,
    linkedHubs,
  });
  return jsonCopy(request);
}

/** Keys and certificates are taken out by the builder, so there are none to begin with. */
const ATTESTATIONS = {
  symmetricKey: { type: 'symmetricKey', symmetricKey: { primaryKey: '', secondaryKey: '' } },
  x509: { type: 'x509', x509: {} },
  tpm: { type: 'tpm', tpm: { endorsementKey: '' } },
} as const;

function enrollmentOf(shape: Shape, webhookUrl: string): AllocationQuestion['enrollment'] {
  const {
    enrollmentGroupId = CONTOSO_GROUP,
    deviceId,
    optionalDeviceInformation,
    selectsHubs,
    ...facts
  } = shape.record;
  const common = {
    ...facts,
    attestation: ATTESTATIONS[shape.attestation],
    etag: ETAG,
    provisioningStatus: 'enabled',
    createdDateTimeUtc: CREATED,
    lastUpdatedDateTimeUtc: UPDATED,
    allocationPolicy: 'custom',
    ...(selectsHubs && { iotHubs: shape.linkedHubs }),
    customAllocationDefinition: { webhookUrl, apiVersion: shape.apiVersion },
  } as const;
  if (shape.kind === 'group') return { kind: 'group', record: { enrollmentGroupId, ...common } };
  const { registrationId } = shape;
  return {
    kind: 'individual',
    record: {
      registrationId,
      ...(deviceId !== undefined && { deviceId }),
      ...(optionalDeviceInformation !== undefined && { optionalDeviceInformation }),
      ...common,
    },
  };
}

/** The members of every object in the opposite order; lists keep theirs. */
export function reordered(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => reordered(item));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([name, member]) => [name, reordered(member)]));
}
