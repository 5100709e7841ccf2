/** Everything one case lives in: an emulator of its own, its webhook, and its devices. */

import type { DeviceOptions, DeviceTransport } from '../../device/device.ts';
import type { ContractCase, GivenDevice } from '../case/case.ts';
import type { CaseDevice } from '../case-devices/case-device.ts';
import { createProgramCaseDevice, type DeviceProgram } from '../case-devices/program-case-device.ts';
import { createWireCaseDevice } from '../case-devices/wire-case-device.ts';
import { type Emulator, type EmulatorOptions, type SetUp, subjectName } from '../emulator-door.ts';
import { deviceKey } from './device-key.ts';
import { type Redactor, secretsOfUrl } from './redact.ts';
import { setUpOf } from './set-up-of.ts';
import { startWebhook, type WebhookSide } from './webhook-side.ts';

/** Starts what is to be judged: our emulator, or one with a part replaced. */
export type StartTarget = (options: EmulatorOptions) => Promise<Emulator>;

export interface WorldOptions {
  readonly contract: ContractCase;
  readonly transport: DeviceTransport;
  readonly seed: string;
  readonly startTarget: StartTarget;
  /** Called instead of the webhook that the case gives. */
  readonly ownWebhook: string | undefined;
  /** PEM file with the CA of an https webhook. */
  readonly webhookCa: string | undefined;
  /** Plays the devices; the built-in one where there is none. Made once the CA is known. */
  readonly program: ((caPath: string) => DeviceProgram) | undefined;
  /** Plays the devices that ask for the SDK whatever the run says. */
  readonly sdk: (caPath: string) => DeviceProgram;
  readonly redactor: Redactor;
}

export interface WorldDevice {
  readonly idScope: string;
  readonly registrationId: string;
  readonly transport: DeviceTransport;
  readonly key: string;
  readonly device: CaseDevice;
}

export interface World {
  readonly emulator: Emulator;
  readonly webhook: WebhookSide;
  readonly idScope: string;
  readonly devices: ReadonlyMap<string, WorldDevice>;
  /** Bugs of the target: something was thrown that is no error of the service. */
  readonly bugs: readonly string[];
  stop(): Promise<void>;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { contract, seed, startTarget, ownWebhook, webhookCa, redactor } = options;
  const { given } = contract;
  const webhook = await startWebhook(given.webhook, ownWebhook);
  try {
    redactor.add([given.webhook?.functionKey, ...secretsOfUrl(webhook.url ?? '')]);
    const bugs: string[] = [];
    const emulator = await startTarget({
      setUp: setUpOf(given, webhook.url),
      setUpSource: 'given',
      clock: 'manual',
      seed,
      retryAfterSeconds: 0,
      ...given.options,
      ...(webhookCa !== undefined && { webhookCa }),
      ...(given.assume && { assume: given.assume as NonNullable<EmulatorOptions['assume']> }),
      onBug: (error, where) => bugs.push(`${where}: ${error instanceof Error ? error.message : String(error)}`),
    });
    try {
      const setUp = await emulator.exportSetUp();
      redactor.add(keysIn(setUp));
      const idScope = setUp.dps?.[0]?.idScope ?? '';
      const devices = new Map(
        Object.entries(contract.devices).map(([name, given]) => {
          const device = openDevice(given, setUp, idScope, emulator, options);
          redactor.add([device.key]);
          return [name, device] as const;
        }),
      );
      return {
        emulator,
        webhook,
        idScope,
        devices,
        bugs,
        stop: async () => {
          await Promise.all([...devices.values()].map(({ device }) => device.stop()));
          await emulator.stop();
          await webhook.stop();
        },
      };
    } catch (error) {
      await emulator.stop();
      throw error;
    }
  } catch (error) {
    await webhook.stop();
    throw error;
  }
}

export function keysIn({ dps = [] }: SetUp): readonly (string | undefined)[] {
  return dps
    .flatMap(({ enrollments = [], enrollmentGroups = [] }) => [...enrollments, ...enrollmentGroups])
    .flatMap(({ attestation }) => [attestation.symmetricKey?.primaryKey, attestation.symmetricKey?.secondaryKey]);
}

function openDevice(
  given: GivenDevice,
  setUp: SetUp,
  scope: string,
  emulator: Emulator,
  { transport: ofRun, program: makeProgram, sdk }: WorldOptions,
): WorldDevice {
  const { registrationId, payload, apiVersion, sas } = given;
  const transport = given.transport ?? ofRun;
  const idScope = given.idScope ?? scope;
  const key = deviceKey(given, setUp);
  const { host, port } = transport === 'mqtt' ? emulator.endpoints.mqtt : emulator.endpoints.https;
  const device: DeviceOptions = {
    host,
    port,
    idScope,
    registrationId,
    key,
    transport,
    ca: emulator.ca.certificatePem,
    ...(payload !== undefined && { payload }),
    ...(apiVersion !== undefined && { apiVersion }),
    ...(sas?.ttlSeconds !== undefined && { sasTtlSeconds: sas.ttlSeconds }),
    ...(sas?.spelling !== undefined && { sasSpelling: sas.spelling }),
    ...(sas?.resource !== undefined && { sasResource: sas.resource }),
  };
  const { certificatePath } = emulator.ca;
  const program = given.driver === 'sdk' ? sdk(certificatePath) : makeProgram?.(certificatePath);
  const played =
    program === undefined || given.driver === 'wire'
      ? createWireCaseDevice({ device, settled: () => emulator.clock.untilSleeping(0) })
      : createProgramCaseDevice({ device, program, onWaiting: waitingFor(registrationId, emulator) });
  return { idScope, registrationId, transport, key, device: played };
}

/** A poll that is answered `assigning` while nothing runs and something sleeps: the device can only wait. */
function waitingFor(registrationId: string, { journal, clock }: Emulator) {
  return (listener: () => void): (() => void) =>
    journal.subscribe((subject, { event }) => {
      const isPoll = event.kind === 'replied' && event.operation === 'poll' && event.status === 202;
      if (!isPoll || subjectName(subject).toLowerCase() !== registrationId.toLowerCase()) return;
      if (clock.pending().length > 0 && clock.openHolds().length === 0) listener();
    });
}
