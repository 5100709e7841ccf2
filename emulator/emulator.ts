/** An emulator as its user holds it: endpoints, clock, journal, hubs, and the ways to change or stop it. */
import type { EffectiveOptions, GivenOptions } from './config.ts';
import type { ConnectionStrings } from './connection-strings.ts';
import type { ControllableClock } from './core/clock/clock.ts';
import type { Hubs } from './core/hub/hub-devices.ts';
import type { Journal } from './core/journal/journal.ts';
import type { ResourceManager } from './core/resources/resource-manager.ts';
import type { RegistrationRecord } from './core/store/registrations.ts';
import type { Endpoints, RegistrationTrace, SasExplanation, SasQuestion } from './wire/control-api.ts';

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

export interface Emulator {
  readonly endpoints: Endpoints;
  readonly ca: { readonly certificatePath: string; readonly certificatePem: string };
  /** The webhook that the demo's group calls, with its function code; `undefined` with a set-up of one's own. */
  readonly webhookUrl: string | undefined;
  readonly options: EffectiveOptions;
  /** Things the user should know about this start, a sentence each: a default port that had to move, say. */
  readonly notices: readonly string[];
  readonly clock: ControllableClock;
  readonly journal: Journal;
  readonly hubs: Hubs;
  /** Resource groups, provisioning services and hubs: made, changed and deleted while the emulator runs. */
  readonly resources: ResourceManager;
  idScopes(): Promise<readonly string[]>;
  registrations(): Promise<readonly RegistrationRecord[]>;
  registration(idScope: string, registrationId: string): Promise<RegistrationRecord | undefined>;
  /** What the run decided, per registration: equal for equal seeds on the manual clock. */
  trace(): readonly RegistrationTrace[];
  /** Why a token would be accepted or refused, check by check. */
  explainSas(question: SasQuestion): Promise<SasExplanation>;
  /** What a back end connects with: the owner policy of every provisioning service and hub, keys in clear. */
  connectionStrings(): Promise<ConnectionStrings>;
  /** The set-up as it stands, keys in clear. */
  exportSetUp(): Promise<SetUp>;
  /**
   * Adds to the set-up, all or nothing. Enrollments of the same id are replaced; what the document does not say of an
   * instance that is there (its linked hubs, its policies) stays.
   * @throws {SetUpError} naming every fault
   */
  seed(document: unknown, source?: string): Promise<void>;
  /** Forgets registrations, hub devices, journal and seeds: as it was at start. The clock goes on. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}
