/** The route that tells why a token would be accepted or refused. */
import type { SasQuestion } from '../core/dps/attestation/explain-sas.ts';
import type { Emulator } from '../emulator.ts';
import { type ControlRoute, readBody } from './route.ts';

const QuestionSchema = {
  type: 'object',
  required: ['token'],
  properties: { token: { type: 'string' }, idScope: { type: 'string' }, registrationId: { type: 'string' } },
  additionalProperties: false,
} as const;

export function sasRoutes(emulator: Emulator): readonly ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/sas/explain',
      answer: async ({ body }) => emulator.explainSas(await readBody<SasQuestion>(QuestionSchema, body)),
    },
  ];
}
