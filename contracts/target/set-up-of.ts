/** Turns what a case gives into the emulator's set-up document. */
import type { SetUp } from '../../emulator/wire/set-up.ts';
import type { CaseGroup, CaseIndividual, Given } from '../case/case.ts';
import type { ChangedEnrollments } from './target.ts';

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
        enrollments: (given.enrollments ?? []).map((one) => complete(one, webhookUrl)),
        enrollmentGroups: (given.enrollmentGroups ?? []).map((one) => complete(one, webhookUrl)),
      },
    ],
  };
}

/** A seed that changes enrollments of an instance, and nothing else of it. */
export function changeOf({ dps = [] }: SetUp, idScope: string, changed: ChangedEnrollments): SetUp {
  const instance = dps.find((one) => one.idScope === idScope);
  if (instance === undefined) throw new Error(`the target has no instance with the ID scope ${idScope}`);
  const { enrollments: _individuals, enrollmentGroups: _groups, ...rest } = instance;
  return { dps: [{ ...rest, ...changed }] };
}

/** With what a case may leave out: the attestation, and where its webhook is. */
export function complete<Record extends CaseIndividual | CaseGroup>(record: Record, webhookUrl: string | undefined) {
  const { attestation, allocationPolicy, customAllocationDefinition: definition } = record;
  const named = definition?.webhookUrl ?? WEBHOOK_PLACEHOLDER;
  return {
    ...record,
    attestation: attestation ?? ({ type: 'symmetricKey' } as const),
    ...((allocationPolicy === 'custom' || definition !== undefined) && {
      customAllocationDefinition: {
        webhookUrl: named === WEBHOOK_PLACEHOLDER ? (webhookUrl ?? named) : named,
        apiVersion: definition?.apiVersion ?? WEBHOOK_API_VERSION,
      },
    }),
  };
}
