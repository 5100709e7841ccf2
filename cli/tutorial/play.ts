/** Plays the whole tutorial against an emulator of its own, and tells of each step as it happens. */

import { type Emulator, startEmulator } from '../../emulator/index.ts';

import {
  CONTOSO_DEVICES,
  CONTOSO_GROUP,
  CONTOSO_GROUP_KEY,
  CONTOSO_HUBS,
  CONTOSO_ID_SCOPE,
  CONTOSO_PAYLOAD,
} from '../../emulator/wire/contoso.ts';
import { jsonCopy } from '../../emulator/wire/json.ts';
import { maskQuery } from '../../emulator/wire/mask.ts';
import { deriveDeviceKey } from '../../emulator/wire/symmetric-key.ts';
import { type DeviceClient, startDeviceClient } from './device-client.ts';
import type { DeviceChapter, TutorialDocument } from './document.ts';
import { observe } from './observe.ts';
import { playTroubleshooting } from './troubleshooting.ts';

export interface Narrator {
  setUp(
    document: Omit<TutorialDocument, 'devices' | 'troubleshooting' | 'ok'>,
    deviceKeys: readonly (readonly [string, string])[],
  ): void;
  deviceStarts(registrationId: string): void;
  webhookLog(line: string): void;
  device(chapter: DeviceChapter): void;
  troubleshooting(rows: TutorialDocument['troubleshooting']): void;
  end(document: TutorialDocument): void;
}

export interface PlayOptions {
  /** The user's own webhook for the two devices; the bundled one when absent. */
  readonly webhook: string | undefined;
  /** Hears of each step as it happens. */
  readonly narrator: Narrator | undefined;
}

export async function playTutorial({ webhook, narrator }: PlayOptions): Promise<TutorialDocument> {
  const emulator = await startEmulator(
    // `skip` jumps over the seven minutes of the retry schedule; SDKs wait their second between polls for real.
    { clock: 'skip', retryAfterSeconds: 1, replyDelayMs: 0, webhook, webhookLog: (line) => narrator?.webhookLog(line) },
  );
  try {
    const client = await startDeviceClient(emulator, CONTOSO_ID_SCOPE);
    try {
      return await playWith(emulator, client, narrator);
    } finally {
      await client.stop();
    }
  } finally {
    await emulator.stop();
  }
}

async function playWith(
  emulator: Emulator,
  client: DeviceClient,
  narrator: Narrator | undefined,
): Promise<TutorialDocument> {
  const opening = {
    dps: {
      name: 'contoso-provisioning-service-1098',
      idScope: CONTOSO_ID_SCOPE,
      provisioningHost: emulator.endpoints.provisioningHost,
    },
    linkedHubs: CONTOSO_HUBS,
    enrollmentGroup: {
      enrollmentGroupId: CONTOSO_GROUP,
      allocationPolicy: 'custom',
      webhookUrl: maskQuery(emulator.webhookUrl ?? ''),
      primaryKey: CONTOSO_GROUP_KEY,
    },
    client: client.facts,
  } as const;
  const keys = CONTOSO_DEVICES.map((id) => [id, deriveDeviceKey(CONTOSO_GROUP_KEY, id)] as const);
  narrator?.setUp(opening, keys);

  const devices: DeviceChapter[] = [];
  for (const [registrationId, deviceKey] of keys) {
    narrator?.deviceStarts(registrationId);
    const chapter = await playDevice({ registrationId, deviceKey }, emulator, client);
    narrator?.device(chapter);
    devices.push(chapter);
  }
  const troubleshooting = await playTroubleshooting(emulator, client);
  narrator?.troubleshooting(troubleshooting);
  const ok =
    devices.every(({ registration, client: { isRegistered } }) => isRegistered && registration.status === 'assigned') &&
    troubleshooting.every((row) => row.isAsDocumented);
  const document = { ...opening, devices, troubleshooting, ok };
  narrator?.end(document);
  return document;
}

async function playDevice(
  { registrationId, deviceKey }: { readonly registrationId: string; readonly deviceKey: string },
  emulator: Emulator,
  client: DeviceClient,
): Promise<DeviceChapter> {
  const outcome = await client.register({ registrationId, key: deviceKey, payload: CONTOSO_PAYLOAD });
  const { registration, cDevice, calls, reason } = observe(emulator, CONTOSO_ID_SCOPE, registrationId);
  const call = calls.at(-1)?.event;
  const { assignedHub = '', deviceId = '' } = registration;
  const twin = await emulator.hubs.twin(assignedHub, deviceId);
  return {
    registrationId,
    deviceKey,
    payload: CONTOSO_PAYLOAD,
    client: outcome,
    registration,
    cDevice,
    webhook: call ? { request: call.request, status: call.status ?? null, response: call.response ?? null } : null,
    twin: twin === undefined ? null : jsonCopy(twin),
    ...(reason !== undefined && { reason }),
  };
}
