/** The door for the harness's mutants alone (contracts/mutants/): the emulator with a part replaced. Not exported to users. */
import { compose, type Replace } from './compose.ts';
import type { Emulator, EmulatorOptions } from './emulator.ts';

export { decideRetry } from './allocation-webhook/retry-policy.ts';
export type { Parts, Replace } from './compose.ts';
export type { DeviceCall, Reply } from './core/dps/device-call.ts';
export type { AllocationQuestion, Ports, WebhookOutcome } from './core/ports.ts';
export type { Emulator, EmulatorOptions } from './emulator.ts';

/** `startEmulator`, except that `replace` sees each part as it is made and may give another one for it. */
export function startWithReplaced(options: EmulatorOptions, replace: Replace): Promise<Emulator> {
  return compose(options, 'in-process', replace);
}
