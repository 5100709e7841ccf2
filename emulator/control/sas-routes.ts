/** The route that tells why a token would be accepted or refused. */
import type { EngineState } from '../engine.ts';
import { type ControlRoute, type Member, readMembers } from './route.ts';

const MEMBERS = {
  token: { type: 'string', isRequired: true },
  idScope: { type: 'string' },
  registrationId: { type: 'string' },
} as const satisfies Record<string, Member>;

export function sasRoutes(state: Pick<EngineState, 'explainSas'>): readonly ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/sas/explain',
      answer: ({ body }) => {
        const { token, idScope, registrationId } = readMembers(body, MEMBERS) as {
          readonly token: string;
          readonly idScope?: string;
          readonly registrationId?: string;
        };
        return state.explainSas({ token, idScope, registrationId });
      },
    },
  ];
}
