/** What the emulator under load holds: a scope per way of allocating, so that each figure knows what it measures. */
import { createHash } from 'node:crypto';
import type { SetUp, SetUpInstance } from '../emulator/wire/set-up.ts';
import { deriveDeviceKey } from '../emulator/wire/symmetric-key.ts';

const HUBS = ['bench-hub-1.azure-devices.net', 'bench-hub-2.azure-devices.net'] as const;

export const ASSIGNED_HUB = HUBS[0];

/** Where a device of the load registers, and with what. */
export interface LoadDevice {
  readonly idScope: string;
  readonly registrationId: string;
  /** base64 */
  readonly key: string;
}

/** The fleets of the bench: which enrollment vouches for a device, and what allocates it. */
export type Fleet = 'individual-static' | 'group-hashed' | 'group-webhook';

const SCOPES: Readonly<Record<Fleet, string>> = {
  'individual-static': '0ne0000000A',
  'group-hashed': '0ne0000000B',
  'group-webhook': '0ne0000000C',
};

const INDIVIDUALS = 500;
const GROUP_KEY = keyOf('group');

/** The n-th device: individuals come round again and are provisioned anew, devices of a group are new each time. */
export function deviceOf(fleet: Fleet, n: number): LoadDevice {
  const idScope = SCOPES[fleet];
  if (fleet === 'individual-static') {
    const registrationId = individualId(n % INDIVIDUALS);
    return { idScope, registrationId, key: keyOf(registrationId) };
  }
  const registrationId = `member-${n}`;
  return { idScope, registrationId, key: deriveDeviceKey(GROUP_KEY, registrationId) };
}

export function benchSetUp(webhookUrl: string): SetUp {
  const instance = (fleet: Fleet, enrollments: Partial<SetUpInstance>): SetUpInstance => ({
    name: `bench-${fleet}`,
    idScope: SCOPES[fleet],
    linkedHubs: HUBS,
    ...enrollments,
  });
  const group = {
    enrollmentGroupId: 'bench-group',
    attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: GROUP_KEY } },
  } as const;
  return {
    dps: [
      instance('individual-static', { enrollments: Array.from({ length: INDIVIDUALS }, (_, n) => individual(n)) }),
      instance('group-hashed', { enrollmentGroups: [{ ...group, allocationPolicy: 'hashed' }] }),
      instance('group-webhook', {
        enrollmentGroups: [
          {
            ...group,
            allocationPolicy: 'custom',
            iotHubs: HUBS,
            customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
          },
        ],
      }),
    ],
  };
}

function individual(n: number) {
  const registrationId = individualId(n);
  return {
    registrationId,
    attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: keyOf(registrationId) } },
    allocationPolicy: 'static',
    iotHubs: [ASSIGNED_HUB],
  } as const;
}

function individualId(n: number): string {
  return `individual-${n}`;
}

function keyOf(name: string): string {
  return createHash('sha512').update(`bench ${name}`).digest('base64');
}
