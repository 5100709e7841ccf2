/** Builds the AllocationRequest exactly as the real service was logged sending it. [dps-service-behaviour §1.3] */

import type { AllocationQuestion } from '../core/ports.ts';
import type { Proven } from '../core/store/proven.ts';
import type { AllocationRequest, DeviceRuntimeContext } from '../wire/allocation.ts';
import { type Enrollment, type EnrollmentGroup, type IndividualEnrollment, laterMembers } from '../wire/enrollment.ts';
import { maskQuery } from '../wire/mask.ts';

export function buildAllocationRequest(question: AllocationQuestion): AllocationRequest {
  return {
    ...enrollmentMember(question.enrollment),
    deviceRuntimeContext: runtimeContext(question),
    linkedHubs: question.linkedHubs,
  };
}

function enrollmentMember(enrollment: Enrollment): Pick<AllocationRequest, 'individualEnrollment' | 'enrollmentGroup'> {
  if (enrollment.kind === 'group') {
    const { enrollmentGroupId } = enrollment.record;
    return { enrollmentGroup: { enrollmentGroupId, ...withoutKeys(enrollment.record) } };
  }
  const { registrationId, deviceId, optionalDeviceInformation } = enrollment.record;
  return {
    individualEnrollment: {
      registrationId,
      ...(deviceId !== undefined && { deviceId }),
      ...(optionalDeviceInformation && { optionalDeviceInformation }),
      ...withoutKeys(enrollment.record),
    },
  };
}

/** Members in the logged order; what the enrollment never had is absent, not null. */
function withoutKeys(record: EnrollmentGroup | IndividualEnrollment) {
  return {
    attestation: { type: record.attestation.type },
    ...(record.capabilities && { capabilities: record.capabilities }),
    ...(record.iotHubHostName !== undefined && { iotHubHostName: record.iotHubHostName }),
    ...laterMembers(record, record.customAllocationDefinition?.apiVersion ?? ''),
    ...(record.initialTwin && { initialTwin: record.initialTwin }),
    etag: record.etag,
    provisioningStatus: record.provisioningStatus,
    ...(record.reprovisionPolicy && {
      reprovisionPolicy: {
        updateHubAssignment: record.reprovisionPolicy.updateHubAssignment,
        migrateDeviceData: record.reprovisionPolicy.migrateDeviceData,
      },
    }),
    createdDateTimeUtc: record.createdDateTimeUtc,
    lastUpdatedDateTimeUtc: record.lastUpdatedDateTimeUtc,
    ...(record.allocationPolicy && { allocationPolicy: record.allocationPolicy }),
    ...(record.iotHubs && { iotHubs: record.iotHubs }),
    ...(record.customAllocationDefinition && {
      customAllocationDefinition: {
        webhookUrl: maskQuery(record.customAllocationDefinition.webhookUrl),
        apiVersion: record.customAllocationDefinition.apiVersion,
      },
    }),
  };
}

function runtimeContext({ registrationId, current, proven, payload }: AllocationQuestion): DeviceRuntimeContext {
  return {
    registrationId,
    ...(current && { currentIotHubHostName: current.hub, currentDeviceId: current.deviceId }),
    ...attestationMember(proven),
    ...(payload !== undefined && { payload }),
  };
}

/** Never a key, but certificate or TPM. */
function attestationMember(proven: Proven): Pick<DeviceRuntimeContext, Proven['kind']> {
  switch (proven.kind) {
    case 'symmetricKey':
      // An empty object in every log, whatever the documentation's table says of "key details".
      return { symmetricKey: {} };
    case 'x509':
      return { x509: { clientCertificate: proven.chain[0] ?? '' } };
    case 'tpm': {
      const { endorsementKey, storageRootKey } = proven;
      return { tpm: { endorsementKey, ...(storageRootKey !== undefined && { storageRootKey }) } };
    }
  }
}
