/** The in-process API: an emulator of one's own, with free ports and no fixed files. */
import type { Emulator, EmulatorOptions } from './emulator.ts';

export { type GivenOptions, OptionError } from './config.ts';
export type { AdvanceReport, ControllableClock, PendingSleeper } from './core/clock/clock.ts';
export type { Journal, JournalListener } from './core/journal/journal.ts';
export { ManagementError } from './core/resources/management-error.ts';
export type { ResourceManager } from './core/resources/resource-manager.ts';
export type { Emulator, EmulatorOptions, Endpoints } from './emulator.ts';
export type { ClockMode } from './wire/control-api.ts';
export { SetUpError } from './wire/fault.ts';
export type { JournalEntry, JournalEvent, Timeline, Tone } from './wire/journal-entry.ts';
export type { JournalSubject } from './wire/journal-subject.ts';
export type { SetUp, SetUpInstance } from './wire/set-up.ts';
export { deriveDeviceKey } from './wire/symmetric-key.ts';

/**
 * Starts an emulator in this process: ports are free ones unless given, the CA is the installation's own, and as many
 * emulators as you like run side by side. Without a set-up it holds the tutorial's Contoso one.
 *
 * @throws {OptionError} an option breaks its rule
 * @throws {SetUpError} the set-up breaks a rule; every fault is named
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  // Loaded with the first emulator: who takes an error class or a type from here loads no server.
  const { compose } = await import('./compose.ts');
  return compose(options, 'in-process');
}
