/** An emulator as its user holds it: endpoints, clock, journal, hubs, and the ways to change or stop it. */
import type { GivenOptions } from './config.ts';
import type { EngineState } from './engine.ts';
import type { Address } from './listen.ts';
import type { DeviceListenerName } from './listeners.ts';
import type { SetUp } from './wire/set-up.ts';

export interface EmulatorOptions extends GivenOptions {
  /** What the emulator holds at start and after `reset`: a document, or `empty`. Default: the tutorial's Contoso set-up. */
  readonly setUp?: SetUp | 'empty' | undefined;
  /** Named in messages about the set-up; the file it was read from, say. */
  readonly setUpSource?: string | undefined;
  /** Lines of the bundled webhook's log, keys masked. */
  readonly webhookLog?: ((line: string) => void) | undefined;
  /** Hears of bugs of the emulator itself: something was thrown that is no error of the service. */
  readonly onBug?: ((error: unknown, where: string) => void) | undefined;
}

/** Of each listener for devices (`mqtt`, `https`), where they dial it; and of the control API. */
export interface Endpoints extends Readonly<Record<DeviceListenerName, Address>> {
  /** `http://127.0.0.1:8980` */
  readonly control: string;
  /** The `host:port` that the Node SDK's MQTT transport takes as its provisioning host. */
  readonly provisioningHost: string;
}

export interface Emulator extends EngineState {
  readonly endpoints: Endpoints;
  readonly ca: { readonly certificatePath: string; readonly certificatePem: string };
  /** The webhook that the demo's group calls, with its function code; `undefined` with a set-up of one's own. */
  readonly webhookUrl: string | undefined;
  /** Things the user should know about this start, a sentence each: a default port that had to move, say. */
  readonly notices: readonly string[];
  stop(): Promise<void>;
}
