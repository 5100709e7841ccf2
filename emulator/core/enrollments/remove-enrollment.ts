/** Deletes one enrollment; devices at their hubs and a group's registrations stay. [dps-service-behaviour §3.4] */
import type { DpsInstance } from '../store/instances.ts';
import { type EnrollmentKind, enrollmentKind } from './enrollment-kind.ts';
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
  { dps, transaction }: ServiceApiPorts,
): Promise<void> {
  const { instance, kind, id, precondition } = given;
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
