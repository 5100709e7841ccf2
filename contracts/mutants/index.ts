/** The door of the mutants: the harness proves that it notices what it says it notices. */
import { ANSWER_MUTANTS } from './emulators/answers.ts';
import { BODY_MUTANTS } from './emulators/bodies.ts';
import { BROKER_MUTANTS } from './emulators/broker.ts';
import { LADDER_MUTANTS } from './emulators/ladder.ts';
import { RECORD_MUTANTS } from './emulators/records.ts';
import { RENDERING_MUTANTS } from './emulators/rendering.ts';
import type { EmulatorMutant } from './mutant.ts';

export { judgeMutants } from './judge-mutants.ts';
export type { EmulatorMutant, WebhookMutant } from './mutant.ts';
export type { MutantsVerdict, MutantVerdict } from './verdict.ts';
export { WRONG_WEBHOOKS } from './webhooks/wrong-webhooks.ts';

export const WRONG_EMULATORS: readonly EmulatorMutant[] = [
  ...LADDER_MUTANTS,
  ...ANSWER_MUTANTS,
  ...RECORD_MUTANTS,
  ...RENDERING_MUTANTS,
  ...BODY_MUTANTS,
  ...BROKER_MUTANTS,
];
