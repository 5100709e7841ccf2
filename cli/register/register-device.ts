/** Registers one device and gathers what is known about it afterwards: the device's own view, its hub's, the journal's. */
import { type ControlClient, controlClient, createControlClient } from '../../client/control-client.ts';
import { lookForEmulator } from '../../client/find-emulator.ts';
import { whereaboutsOf } from '../../client/whereabouts.ts';
import type { DeviceEvent, DeviceOutcome, DeviceResult } from '../../device/device.ts';
import { registerDevice } from '../../device/wire-device.ts';
import { listenerOf } from '../../emulator/service-door.ts';
import type { Endpoint } from '../../emulator/wire/control-api.ts';
import type { HubTwin } from '../../emulator/wire/hub-device.ts';
import type { JournalEntry } from '../../emulator/wire/journal-entry.ts';
import type { DeviceTransport } from '../../emulator/wire/transports.ts';
import type { JsonObject, JsonValue } from '../../emulator/wire/twin.ts';

import { findCredential, givenKey, type KeyFlags } from '../credentials.ts';
import { CliError } from '../exit.ts';
import { io } from '../io.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import { type AdviceFor, nextStep } from './next-step.ts';
import { webhookWithoutKey } from './webhook-without-key.ts';

export interface RegisterRequest extends KeyFlags {
  readonly registrationId: string;
  readonly transport: DeviceTransport;
  readonly payload?: JsonValue | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** The flag `--emulator`. */
  readonly emulator?: string | undefined;
  readonly onStatus: ((event: DeviceEvent) => void) | undefined;
  /** Whose options the next step names. Default: `register`. */
  readonly adviceFor?: AdviceFor;
}

export interface RegisterReport {
  readonly outcome: DeviceOutcome;
  readonly registrationId: string;
  readonly idScope: string;
  readonly transport: DeviceTransport;
  readonly keySource: string;
  readonly assignedHub?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly substatus?: string | undefined;
  /** What the webhook sent back for the device. */
  readonly payload?: JsonObject | undefined;
  /** As it stands at the hub. */
  readonly twin?: Pick<HubTwin, 'tags' | 'properties'> | undefined;
  readonly errorCode?: number | undefined;
  readonly message?: string | undefined;
  /** What the emulator knows and the device was not told. */
  readonly why?: Diagnosis | undefined;
  readonly nextStep?: string | undefined;
  /** `null`: the C SDK would still be waiting. */
  readonly cSdkResult: string | null;
}

/** What the device itself saw is told beside the report. */
export async function registerAndReport(
  request: RegisterRequest,
): Promise<{ readonly result: DeviceResult; readonly report: RegisterReport }> {
  givenKey(request.registrationId, request);
  const client = await clientFor(request);
  const asked = async (): Promise<ControlClient> => client ?? controlClient(request.emulator, io().env);
  const credential = await findCredential(request.registrationId, request, asked);
  const lastSequence = (await entriesOf(client, request)).at(-1)?.sequence ?? 0;
  const { registrationId, transport, payload, onStatus } = request;
  const result = await registerDevice({
    ...(await endpointOf(request, client)),
    ...credential,
    registrationId,
    transport,
    ...(payload !== undefined && { payload }),
    ...(onStatus && { onStatus }),
  });
  const { outcome, registrationState: state, errorCode, message } = result;
  const { keySource, idScope } = credential;
  const common = { registrationId, idScope, transport, keySource, cSdkResult: result.cSdkResult.result };
  if (outcome === 'assigned') {
    const twin = await twinOf(client, state?.assignedHub, state?.deviceId);
    const { assignedHub, deviceId, substatus, payload: returned } = state ?? {};
    return { result, report: { outcome, ...common, assignedHub, deviceId, substatus, payload: returned, twin } };
  }
  const entries = (await entriesOf(client, request)).filter(({ sequence }) => sequence > lastSequence);
  const why = diagnose(entries);
  const withoutKey =
    errorCode === UNAUTHORIZED_AT_WEBHOOK
      ? webhookWithoutKey({ entries, idScope, setUp: await client?.setUp() })
      : undefined;
  const { adviceFor } = request;
  const step = nextStep({ registrationId, outcome, reason: why?.reason, errorCode, adviceFor, withoutKey });
  return { result, report: { outcome, ...common, errorCode, message, why, nextStep: step } };
}

/** The webhook answered 401. [dps-service-behaviour §1.6] */
const UNAUTHORIZED_AT_WEBHOOK = 400209;

/** A device that was told everything needs no emulator that commands can find; one that is there still tells why. */
async function clientFor(request: RegisterRequest): Promise<ControlClient | undefined> {
  if (!isSelfSufficient(request)) return controlClient(request.emulator, io().env);
  const found = await lookForEmulator(request.emulator, io().env);
  return found === undefined ? undefined : createControlClient(found);
}

function isSelfSufficient({ host, port, idScope, key, groupKey }: RegisterRequest): boolean {
  return host !== undefined && port !== undefined && idScope !== undefined && (key ?? groupKey) !== undefined;
}

interface DeviceEndpoint extends Endpoint {
  readonly ca?: string;
}

async function endpointOf(
  { host, port, transport }: RegisterRequest,
  client: ControlClient | undefined,
): Promise<DeviceEndpoint> {
  if (client === undefined) return { host: host ?? '', port: port ?? 0 };
  const { endpoints, ca, caPath } = await whereaboutsOf(client);
  if (ca === undefined && !io().env.NODE_EXTRA_CA_CERTS) {
    throw new CliError(
      'failed',
      `the emulator's CA ${caPath} is not on this machine: copy it here and name it in NODE_EXTRA_CA_CERTS`,
    );
  }
  const endpoint = endpoints[listenerOf(transport)];
  return { host: host ?? endpoint.host, port: port ?? endpoint.port, ...(ca !== undefined && { ca }) };
}

/** Oldest first, of whatever scope: a device with the wrong one has its story there. */
async function entriesOf(
  client: ControlClient | undefined,
  { registrationId }: RegisterRequest,
): Promise<readonly JournalEntry[]> {
  const timelines = (await client?.timelines({ registrationId })) ?? [];
  return timelines.flatMap(({ entries }) => entries).sort((a, b) => a.sequence - b.sequence);
}

async function twinOf(
  client: ControlClient | undefined,
  hub: string | undefined,
  deviceId: string | undefined,
): Promise<RegisterReport['twin']> {
  if (client === undefined || hub === undefined || deviceId === undefined) return undefined;
  // Another service's hub (`--host`) is none of the emulator's.
  const twin = await client.twin(hub, deviceId).catch(() => undefined);
  return twin && { tags: twin.tags, properties: twin.properties };
}
