/** The operations on one enrollment, and the query of all. [dps-service-behaviour §3.5, §4.1] */
import { readObject } from '../../dps/checks.ts';
import { DpsError } from '../../errors.ts';
import { checkId, type EnrollmentKind, type EnrollmentRecord, enrollmentKind } from '../enrollment-kind.ts';
import { deletePrecondition, putPrecondition } from '../etag-rules.ts';
import { checkQuery, pageAnswer, pageRequest } from '../paging.ts';
import { renderAttestation, renderEnrollment } from '../render-enrollment.ts';
import { renderRegistrationState } from '../render-registration-state.ts';
import type { ServiceAnswer, ServiceRequest } from '../service-call.ts';
import type { CheckedServiceCall, ServiceApiPorts } from '../service-ports.ts';
import { removeEnrollment, writeEnrollment } from '../write-enrollment.ts';

/** An enrollment without its keys; an individual one with its registration, once there is one. [§3.5] */
export async function getEnrollment(
  { instance, apiVersion }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const record = await namedEnrollment(instance.idScope, request, ports);
  const registration =
    'registrationId' in record ? await ports.registrations.get(instance.idScope, record.registrationId) : undefined;
  const registrationState = registration && renderRegistrationState(registration, apiVersion);
  return { kind: 'body', body: renderEnrollment(record, { apiVersion, keys: 'hidden', registrationState }) };
}

/** The keys of an enrollment, for those who may write it. [§3.5] */
export async function getAttestationMechanism(
  { instance }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const { attestation } = await namedEnrollment(instance.idScope, request, ports);
  return { kind: 'body', body: renderAttestation(attestation, 'shown') };
}

/** Create or update: the whole record is replaced; the answer carries its keys. [§3.5, §4.1] */
export async function createOrUpdateEnrollment(
  { instance, apiVersion }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const { id } = request;
  const kind = namedKind(request, ports);
  const value = readObject(request.body);
  const precondition = putPrecondition(request.ifMatch);
  const record = await writeEnrollment({ instance, apiVersion, kind, id, value, precondition }, ports);
  return { kind: 'body', body: renderEnrollment(record, { apiVersion, keys: 'shown' }) };
}

/** 204, whatever devices the enrollment has let in. [§3.4, §4.1] */
export async function deleteEnrollment(
  { instance }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const { id, ifMatch } = request;
  const kind = namedKind(request, ports);
  await removeEnrollment({ instance, kind, id, precondition: deletePrecondition(ifMatch) }, ports);
  return { kind: 'no-content' };
}

/** A page of enrollments, oldest first, without keys and without registrations. [§3.5, §4.2] */
export async function queryEnrollments(
  { instance, apiVersion }: CheckedServiceCall,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<ServiceAnswer> {
  const kind = enrollmentKind(request.kind, ports.enrollments);
  checkQuery(request.body, instance.idScope, ports);
  const list = `${instance.idScope}/${kind.collection}`;
  const page = pageRequest(request, list);
  return pageAnswer(await kind.page(instance.idScope, page), page, {
    list,
    itemType: kind.itemType,
    render: (record) => renderEnrollment(record, { apiVersion, keys: 'hidden' }),
  });
}

function namedKind({ kind: name, id }: ServiceRequest, { enrollments, settings }: ServiceApiPorts): EnrollmentKind {
  const kind = enrollmentKind(name, enrollments);
  checkId(id, kind.idMember, settings);
  return kind;
}

async function namedEnrollment(
  idScope: string,
  request: ServiceRequest,
  ports: ServiceApiPorts,
): Promise<EnrollmentRecord> {
  const kind = namedKind(request, ports);
  const record = await kind.get(idScope, request.id);
  if (record === undefined) throw new DpsError(kind.notFound);
  return record;
}
