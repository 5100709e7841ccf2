/** Turns what a case gives into the emulator's set-up document. */
import type { GivenEnrollmentGroup, GivenIndividualEnrollment, SetUp } from '../../emulator/wire/set-up.ts';
import type { CaseGroup, CaseIndividual, Given } from '../case/case.ts';

/** The scope of a case that names none. */
export const DEFAULT_ID_SCOPE = '0ne00000001';

/** Stands in a case for the webhook of the case. */
const WEBHOOK_PLACEHOLDER = '$webhook';

/** The version that the portal has written since 2022. [dps-service-behaviour §1.4] */
const WEBHOOK_API_VERSION = '2021-10-01';

export function setUpOf(given: Given, webhookUrl: string | undefined): SetUp {
  return {
    dps: [
      {
        name: 'contract-case',
        idScope: given.idScope ?? DEFAULT_ID_SCOPE,
        linkedHubs: given.hubs ?? [],
        ...(given.allocationPolicy && { allocationPolicy: given.allocationPolicy }),
        enrollments: (given.enrollments ?? []).map((one) => completeIndividual(one, webhookUrl)),
        enrollmentGroups: (given.enrollmentGroups ?? []).map((one) => completeGroup(one, webhookUrl)),
      },
    ],
  };
}

export function completeIndividual(record: CaseIndividual, webhookUrl: string | undefined): GivenIndividualEnrollment {
  return { ...record, ...common(record, webhookUrl) };
}

export function completeGroup(record: CaseGroup, webhookUrl: string | undefined): GivenEnrollmentGroup {
  return { ...record, ...common(record, webhookUrl) };
}

function common(record: CaseIndividual | CaseGroup, webhookUrl: string | undefined) {
  const { attestation, allocationPolicy, customAllocationDefinition: definition } = record;
  const named = definition?.webhookUrl ?? WEBHOOK_PLACEHOLDER;
  return {
    attestation: attestation ?? ({ type: 'symmetricKey' } as const),
    ...((allocationPolicy === 'custom' || definition !== undefined) && {
      customAllocationDefinition: {
        webhookUrl: named === WEBHOOK_PLACEHOLDER ? (webhookUrl ?? named) : named,
        apiVersion: definition?.apiVersion ?? WEBHOOK_API_VERSION,
      },
    }),
  };
}
