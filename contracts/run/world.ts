/** Everything one case lives in: its place at the target, its webhook, and its devices. */

import type { DeviceOptions } from '../../device/device.ts';
import { type Masker, secretsOfUrl } from '../../emulator/wire/mask.ts';
import type { SetUp } from '../../emulator/wire/set-up.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import type { ContractCase, GivenDevice } from '../case/case.ts';
import type { CaseDevice } from '../case-devices/case-device.ts';
import { createProgramCaseDevice, type DeviceProgram } from '../case-devices/program-case-device.ts';
import { createWireCaseDevice } from '../case-devices/wire-case-device.ts';
import type { Target, TargetCase } from '../target/target.ts';
import { deviceKey } from './device-key.ts';
import { startWebhook, type WebhookSide } from './webhook-side.ts';

export interface WorldOptions {
  readonly contract: ContractCase;
  readonly transport: DeviceTransport;
  readonly seed: string;
  readonly target: Target;
  /** Called instead of the webhook that the case gives. */
  readonly ownWebhook: string | undefined;
  /** PEM file with the CA of an https webhook. */
  readonly webhookCa: string | undefined;
  /** Plays the devices; the built-in one where there is none. Made once the CA is known. */
  readonly program: ((caPath: string) => DeviceProgram) | undefined;
  /** Plays the devices that ask for the SDK whatever the run says. */
  readonly sdk: (caPath: string) => DeviceProgram;
  readonly masker: Masker;
  readonly signal: AbortSignal;
}

export interface WorldDevice {
  readonly idScope: string;
  readonly registrationId: string;
  readonly transport: DeviceTransport;
  readonly key: string;
  readonly device: CaseDevice;
}

export interface World {
  readonly at: TargetCase;
  readonly webhook: WebhookSide;
  readonly devices: ReadonlyMap<string, WorldDevice>;
  stop(): Promise<void>;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const { contract, transport, seed, target, ownWebhook, webhookCa, masker, signal } = options;
  const { given } = contract;
  const webhook = await startWebhook(given.webhook, ownWebhook, target.webhookPlace);
  try {
    masker.add([given.webhook?.functionKey, ...secretsOfUrl(webhook.url ?? '')]);
    const at = await target.open({ contract, transport, seed, webhookUrl: webhook.url, webhookCa, signal });
    try {
      const setUp = await at.setUp();
      masker.add(keysIn(setUp));
      // In the names that they have at the target.
      const { answers } = at.contract.given.webhook ?? {};
      if (answers !== undefined && ownWebhook === undefined) webhook.answer(answers);
      const devices = new Map(
        Object.entries(at.contract.devices).map(([name, given]) => {
          const device = openDevice(given, setUp, at, options);
          masker.add([device.key]);
          return [name, device] as const;
        }),
      );
      const stop = async (): Promise<void> => {
        const stopping = [...devices.values()].map(({ device }) => device.stop());
        await Promise.all(stopping)
          .finally(() => at.close())
          .finally(() => webhook.stop());
      };
      return { at, webhook, devices, stop };
    } catch (error) {
      await at.close();
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
  at: TargetCase,
  { transport: ofRun, program: makeProgram, sdk }: WorldOptions,
): WorldDevice {
  const { registrationId, payload, body, apiVersion, sas } = given;
  const transport = given.transport ?? ofRun;
  const idScope = given.idScope ?? at.idScope;
  const key = deviceKey(given, setUp);
  const { host, port } = at.endpoint(transport);
  const device: DeviceOptions = {
    host,
    port,
    idScope,
    registrationId,
    key,
    transport,
    ...(at.ca !== undefined && { ca: at.ca.certificatePem }),
    ...(payload !== undefined && { payload }),
    ...(body !== undefined && { body }),
    ...(apiVersion !== undefined && { apiVersion }),
    ...(sas?.ttlSeconds !== undefined && { sasTtlSeconds: sas.ttlSeconds }),
    ...(sas?.spelling !== undefined && { sasSpelling: sas.spelling }),
    ...(sas?.resource !== undefined && { sasResource: sas.resource }),
  };
  const certificatePath = at.ca?.certificatePath ?? '';
  const program = given.driver === 'sdk' ? sdk(certificatePath) : makeProgram?.(certificatePath);
  const played =
    program === undefined || given.driver === 'wire'
      ? createWireCaseDevice({ device, polling: at.clock.polling })
      : createProgramCaseDevice({
          device,
          program,
          onWaiting: (listener) => at.onWaiting(registrationId, listener),
        });
  return { idScope, registrationId, transport, key, device: played };
}
