/** `dps-emulator/testcontainers`: the emulator's image as a module of Testcontainers for Node. */

export type { ClockMode } from '../emulator/wire/control-api.ts';
export type { JournalEntry, JournalEvent, Timeline } from '../emulator/wire/journal-entry.ts';
export type { JournalSubject } from '../emulator/wire/journal-subject.ts';
export type { SetUp, SetUpInstance } from '../emulator/wire/set-up.ts';
export type { ContainerConfig } from './container-config.ts';
export { DpsEmulatorContainer } from './dps-emulator-container.ts';
export type { ContainerClock, ContainerJournal } from './remote-control.ts';
export { type DeviceKeyOptions, StartedDpsEmulatorContainer } from './started-dps-emulator-container.ts';
