/** For tests of one's own, whatever runs them: an emulator with its webhook, devices, and assertions that tell the story. */

export type { DeviceResult } from '../../device/device.ts';
export type { Emulator, EmulatorOptions } from '../../emulator/service-door.ts';
export type { SetUp } from '../../emulator/wire/set-up.ts';
export {
  type Answer,
  type RecordedRequest,
  type Script,
  type StandIn,
  startStandIn,
} from '../../webhook/stand-in/index.ts';
export { expectAssigned, expectFailed, expectWebhookCalled } from './assertions.ts';
export type { WebhookCallsExpected } from './checks.ts';
export { type Dps, type DpsOptions, type RegisteredDevice, type RegisterOptions, startDps } from './dps.ts';
export type { Registration } from './registration.ts';
