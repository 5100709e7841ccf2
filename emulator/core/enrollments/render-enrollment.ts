/** What a back end reads of an enrollment: members in the service's order, keys only where they belong, nothing newer than the api-version. */
import { isAtLeast } from '../../wire/api-version.ts';
import type { Attestation, Pair, X509CertificateInfo, X509CertificateWithInfo } from '../../wire/attestation.ts';
import { laterMembers } from '../../wire/enrollment.ts';
import { maskQuery } from '../../wire/mask.ts';
import type { EnrollmentRecord } from './enrollment-kind.ts';
import { shownEtag } from './etag-rules.ts';
import type { RenderedState } from './render-registration-state.ts';

export interface RenderOptions {
  readonly apiVersion: string;
  /** PUT answers carry keys, GET and query do not. [dps-service-behaviour §3.5] */
  readonly keys: 'shown' | 'hidden';
  readonly registrationState?: RenderedState | undefined;
}

/** Members in the order of the logged records; versions from dps-service-behaviour §1.3, §1.4. */
export function renderEnrollment(record: EnrollmentRecord, options: RenderOptions): object {
  const { keys, apiVersion, registrationState } = options;
  const knows = (version: string): boolean => isAtLeast(apiVersion, version);
  const hasPolicies = knows('2018-09-01-preview');
  return {
    ...identityOf(record, registrationState),
    attestation: renderAttestation(record.attestation, keys),
    ...(record.capabilities && knows('2018-04-01') && { capabilities: record.capabilities }),
    ...(record.iotHubHostName !== undefined && { iotHubHostName: record.iotHubHostName }),
    ...laterMembers(record, apiVersion),
    ...(record.initialTwin && { initialTwin: record.initialTwin }),
    etag: shownEtag(record.etag),
    provisioningStatus: record.provisioningStatus,
    ...(record.reprovisionPolicy && hasPolicies && { reprovisionPolicy: record.reprovisionPolicy }),
    createdDateTimeUtc: record.createdDateTimeUtc,
    lastUpdatedDateTimeUtc: record.lastUpdatedDateTimeUtc,
    ...(record.allocationPolicy && hasPolicies && { allocationPolicy: record.allocationPolicy }),
    ...(record.iotHubs && hasPolicies && { iotHubs: record.iotHubs }),
    ...(record.customAllocationDefinition &&
      hasPolicies && {
        customAllocationDefinition: {
          // The function's code is not told again. [dps-service-behaviour §1.3]
          webhookUrl: maskQuery(record.customAllocationDefinition.webhookUrl),
          apiVersion: record.customAllocationDefinition.apiVersion,
        },
      }),
  };
}

function identityOf(record: EnrollmentRecord, registrationState: RenderedState | undefined): object {
  if ('enrollmentGroupId' in record) return { enrollmentGroupId: record.enrollmentGroupId };
  return {
    registrationId: record.registrationId,
    ...(record.deviceId !== undefined && { deviceId: record.deviceId }),
    ...(registrationState && { registrationState }),
    ...(record.optionalDeviceInformation && { optionalDeviceInformation: record.optionalDeviceInformation }),
  };
}

export function renderAttestation(attestation: Attestation, keys: RenderOptions['keys']): object {
  switch (attestation.type) {
    case 'symmetricKey':
      return { type: 'symmetricKey', ...(keys === 'shown' && { symmetricKey: attestation.symmetricKey }) };
    case 'x509': {
      const { clientCertificates, signingCertificates, caReferences } = attestation.x509;
      return {
        type: 'x509',
        x509: {
          ...(clientCertificates && { clientCertificates: infoOnly(clientCertificates) }),
          ...(signingCertificates && { signingCertificates: infoOnly(signingCertificates) }),
          ...(caReferences && { caReferences }),
        },
      };
    }
    case 'tpm':
      return { type: 'tpm', tpm: attestation.tpm };
    case 'none':
      return { type: 'none' };
  }
}

/** The service tells what it computed from a certificate, not the certificate. */
function infoOnly({ primary, secondary }: Pair<X509CertificateWithInfo>): Pair<{ readonly info: X509CertificateInfo }> {
  return {
    ...(primary && { primary: { info: primary.info } }),
    ...(secondary && { secondary: { info: secondary.info } }),
  };
}
