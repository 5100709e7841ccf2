/** Deletes one enrollment, in turn with its writes; devices at their hubs and a group's registrations stay. [dps-service-behaviour §3.4] */
import type { KeyedQueue } from '../keyed-queue.ts';
import type { DpsInstance } from '../store/instances.ts';
import type { EnrollmentKind } from './enrollment-kind.ts';
import { checkPrecondition, type Precondition } from './etag-rules.ts';
import type { ServiceApiPorts } from './service-ports.ts';
import { writeTurn } from './write-enrollment.ts';

export function removeEnrollment(
  given: {
    readonly instance: DpsInstance;
    readonly kind: EnrollmentKind;
    readonly id: string;
    readonly precondition: Precondition;
  },
  { dps, registrations }: ServiceApiPorts,
  writes: KeyedQueue,
): Promise<void> {
  const { instance, kind, id, precondition } = given;
  return writes.turn(writeTurn(instance, kind, id), async () => {
    checkPrecondition(await kind.get(instance.idScope, id), precondition, kind.notFound);
    await kind.delete(instance.idScope, id);
    if (kind.name === 'group') return;
    // The registration is a part of the individual enrollment that shows it, and goes with it.
    const registration = await registrations.get(instance.idScope, id);
    const isOwn = registration !== undefined && registration.enrollmentGroupId === undefined;
    if (isOwn) await dps.forget(instance.idScope, id);
  });
}
