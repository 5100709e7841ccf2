/** The route that tells why a token would be accepted or refused. */

import type { EngineState } from '../engine.ts';
import type { SasQuestion } from '../wire/control-api.ts';
import { type ControlRoute, readBody } from './route.ts';

const QuestionSchema = {
  type: 'object',
  required: ['token'],
  properties: { token: { type: 'string' }, idScope: { type: 'string' }, registrationId: { type: 'string' } },
  additionalProperties: false,
} as const;

export function sasRoutes(state: Pick<EngineState, 'explainSas'>): readonly ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/sas/explain',
      answer: async ({ body }) => state.explainSas(await readBody<SasQuestion>(QuestionSchema, body)),
    },
  ];
}
