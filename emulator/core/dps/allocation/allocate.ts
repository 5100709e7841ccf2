/** From policy to hub: chooses, or asks the webhook to choose. [dps-service-behaviour §2] */
import type { AllocationPolicy, Enrollment } from '../../../wire/enrollment.ts';
import { registrationSubject } from '../../../wire/journal-subject.ts';
import type { LadderRun, Ports } from '../../ports.ts';
import type { DpsInstance, LinkedHub } from '../../store/instances.ts';
import type { AllocationWork } from '../../store/operations.ts';
import { type AllocationResult, allocationFailed } from './allocation-result.ts';
import { weighedHubs } from './candidates.ts';
import { readCustomAnswer } from './custom-answer.ts';
import { hashedHub } from './hashed.ts';

export interface AllocationContext extends AllocationWork {
  readonly registrationId: string;
}

/** The enrollment's policy, else the instance's own. [dps-service-behaviour §2] */
export function policyOf(instance: DpsInstance, enrollment: Enrollment): AllocationPolicy {
  return enrollment.record.allocationPolicy ?? instance.allocationPolicy;
}

export async function allocate(context: AllocationContext, ports: Ports, run: LadderRun): Promise<AllocationResult> {
  const policy = policyOf(context.instance, context.enrollment);
  if (policy === 'custom') {
    const { instance, enrollment, proven, registrationId, current, payload, offered: linkedHubs } = context;
    const subject = registrationSubject({ idScope: instance.idScope, registrationId });
    const question = { subject, enrollment, proven, registrationId, current, payload, linkedHubs };
    const { outcome } = await ports.allocateCustom(question, run);
    return readCustomAnswer(outcome, assignable(context), ports.settings.assumptions);
  }
  if (context.staysAt !== undefined) return { kind: 'allocated', hub: context.staysAt.hub };
  const hub = chooseHub(policy, context, ports);
  if (hub !== undefined) return { kind: 'allocated', hub };
  const isSpecified = ports.settings.assumptions['no-linked-hub'] === '400207';
  const several = policy === 'static' && context.offered.length > 1;
  const reason = several
    ? `the policy "static" has ${context.offered.length} hubs to choose from and the enrollment does not say which: name one in iotHubs, or --assume static-several-hubs=first`
    : `the policy "${policy}" has no linked hub to choose from`;
  return allocationFailed(
    isSpecified ? 'CustomAllocationFailed' : 'CustomAllocationIotHubNotSpecified',
    reason,
    NO_HUB,
  );
}

/** A hub that an enrollment still lists after it was unlinked is offered and cannot be had. [dps-service-behaviour §2] */
function assignable({ instance, staysAt, offered }: AllocationContext): readonly string[] {
  if (staysAt !== undefined) return offered;
  const linked = new Set(instance.linkedHubs.map((hub) => hub.name.toLowerCase()));
  return offered.filter((name) => linked.has(name.toLowerCase()));
}

const NO_HUB = 'No linked IoT hub is available for this registration.';

function chooseHub(
  policy: Exclude<AllocationPolicy, 'custom'>,
  { instance, enrollment, registrationId, offered }: AllocationContext,
  ports: Ports,
): string | undefined {
  const hubs = weighedHubs(instance, enrollment, offered);
  switch (policy) {
    case 'static':
      return staticHub(registrationId, hubs, offered, ports);
    case 'geoLatency':
      return ports.settings.assumptions['geo-latency'] === 'first' ? hubs[0]?.name : hashedHub(registrationId, hubs);
    case 'hashed':
      return hashedHub(registrationId, hubs);
  }
}

/** One hub is the one; what the service does with several is not on record. [found/2026-11 A6] */
function staticHub(
  registrationId: string,
  hubs: readonly LinkedHub[],
  offered: readonly string[],
  { settings }: Ports,
): string | undefined {
  if (hubs.length === 1 || offered.length === 1) return hubs[0]?.name;
  switch (settings.assumptions['static-several-hubs']) {
    case 'fail':
      return undefined;
    case 'first':
      return hubs[0]?.name;
    case 'hashed':
      return hashedHub(registrationId, hubs);
  }
}
