/** Writes and deletes one enrollment, in turn with every other write of it: precondition, rules, etag and instants. */
import { strict as assert } from 'node:assert';
import { registrationKey } from '../../wire/registration-id.ts';
import type { GivenEnrollment } from '../../wire/set-up.ts';
import { utcTimestamp } from '../../wire/timestamp.ts';
import type { JsonValue } from '../../wire/twin.ts';
import { storedAttestation } from '../dps/attestation/stored-attestation.ts';
import { DpsError } from '../errors.ts';
import type { Enrollments } from '../store/enrollments.ts';
import type { DpsInstance } from '../store/instances.ts';
import { registrationAddress } from '../store/registrations.ts';
import { type EnrollmentKind, type EnrollmentRecord, enrollmentKind, idOf } from './enrollment-kind.ts';
import { checkPrecondition, type Precondition, storedEtag } from './etag-rules.ts';
import { readEnrollment } from './read-enrollment.ts';
import { allowedHubs, webhookUrlOf } from './rules.ts';
import type { ServiceApiPorts } from './service-ports.ts';

export interface EnrollmentWrite {
  readonly instance: DpsInstance;
  readonly apiVersion: string;
  readonly kind: EnrollmentKind;
  readonly id: string;
  readonly value: JsonValue;
  readonly precondition: Precondition;
}

/** The key under which the writes of one enrollment are ordered; an individual one goes in turn with its registration. */
export function writeTurn({ idScope }: DpsInstance, kind: EnrollmentKind, id: string): string {
  return kind.name === 'individual' ? registrationAddress(idScope, id) : `groups/${registrationAddress(idScope, id)}`;
}

export function writeEnrollment(
  { instance, apiVersion, kind, id, value, precondition }: EnrollmentWrite,
  ports: ServiceApiPorts,
): Promise<EnrollmentRecord> {
  return ports.transaction(writeTurn(instance, kind, id), async (tx) => {
    const { idScope } = instance;
    // Read here as well, so that nothing is stored for a service that is being deleted.
    if ((await tx.instances.byScope(idScope)) === undefined) throw new DpsError('NotFound');
    const previous = await enrollmentKind(kind.name, tx.enrollments).get(idScope, id);
    const subject = `${idScope}/${kind.collection}/${registrationKey(id)}`;
    const ordinal = await tx.enrollments.countWrite(idScope, kind.name, id);
    const given = await readEnrollment(value, {
      kind,
      hubs: allowedHubs(instance.linkedHubs),
      id,
      previous,
      apiVersion,
      assumptions: ports.settings.assumptions,
    });
    checkPrecondition(previous, precondition, kind.notFound);
    const nowMs = ports.clock.now();
    const record = storedEnrollment(given, {
      // The id keeps the spelling with which it was created.
      id: idOf(previous ?? given),
      previous,
      etag: ports.ids.etag('enrollment-write', subject, ordinal, nowMs),
      nowMs,
      generateKey: (which) => ports.ids.symmetricKey(which, `${subject}#${ordinal}`),
    });
    await putEnrollment(idScope, record, tx.enrollments);
    return record;
  });
}

/** Devices at their hubs and a group's registrations stay. [dps-service-behaviour §3.4] */
export function removeEnrollment(
  { instance, kind, id, precondition }: Omit<EnrollmentWrite, 'value' | 'apiVersion'>,
  { dps, transaction }: ServiceApiPorts,
): Promise<void> {
  const { idScope } = instance;
  return transaction(writeTurn(instance, kind, id), async (tx) => {
    checkPrecondition(await enrollmentKind(kind.name, tx.enrollments).get(idScope, id), precondition, kind.notFound);
    if (kind.name === 'group') {
      await tx.enrollments.deleteGroup(idScope, id);
      return;
    }
    await tx.enrollments.deleteIndividual(idScope, id);
    // The registration is a part of the individual enrollment that shows it, and goes with it.
    const registration = await tx.registrations.get(idScope, id);
    const isOwn = registration !== undefined && registration.enrollmentGroupId === undefined;
    if (isOwn) await dps.forget(registration, tx);
  });
}

/** Fills in what the service would: keys, etag, instants and the default status. */
export function storedEnrollment(
  given: GivenEnrollment,
  write: {
    readonly id: string;
    /** The record that is replaced: its creation, its keys and what is masked stay. */
    readonly previous: EnrollmentRecord | undefined;
    readonly etag: string;
    readonly nowMs: number;
    readonly generateKey: (which: 'primary' | 'secondary') => string;
  },
): EnrollmentRecord {
  const { id, previous, etag, nowMs, generateKey } = write;
  const isIndividual = 'registrationId' in given;
  const outcome = storedAttestation(given.attestation, {
    enrollmentKind: isIndividual ? 'individual' : 'group',
    generateKey,
    previous: previous?.attestation,
  });
  assert(outcome.kind === 'stored', 'the enrollment was not checked');
  const stamp = utcTimestamp(nowMs);
  const definition = given.customAllocationDefinition;
  const common = {
    attestation: outcome.attestation,
    etag: given.etag === undefined ? etag : storedEtag(given.etag),
    provisioningStatus: given.provisioningStatus ?? 'enabled',
    createdDateTimeUtc: given.createdDateTimeUtc ?? previous?.createdDateTimeUtc ?? stamp,
    lastUpdatedDateTimeUtc: given.lastUpdatedDateTimeUtc ?? stamp,
    ...(definition && {
      customAllocationDefinition: { ...definition, webhookUrl: webhookUrlOf(definition.webhookUrl, previous) },
    }),
  };
  return isIndividual ? { ...given, ...common, registrationId: id } : { ...given, ...common, enrollmentGroupId: id };
}

export async function putEnrollment(idScope: string, record: EnrollmentRecord, store: Enrollments): Promise<void> {
  if ('registrationId' in record) await store.putIndividual(idScope, record);
  else await store.putGroup(idScope, record);
}
