/** `dps-emulator/vitest`: the fixture, and matchers that are there as soon as this is imported. */
import { expect } from 'vitest';
import { MATCHERS } from './matchers.ts';

export type { Answer, RecordedRequest, Script, StandIn } from '../../webhook/stand-in/index.ts';
export type { WebhookCallsExpected } from '../testing/checks.ts';
export type { Dps, DpsOptions, RegisteredDevice, RegisterOptions } from '../testing/dps.ts';
export type { Registration } from '../testing/registration.ts';
export type { DpsMatchers } from './matchers.ts';
export { type UseDpsOptions, useDps } from './use-dps.ts';

expect.extend(MATCHERS);
