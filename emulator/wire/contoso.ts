/** The tutorial's own set-up: what the emulator starts with when nothing is configured. */
import type { SetUp } from './set-up.ts';

export const CONTOSO_ID_SCOPE = '0ne00002193';
export const CONTOSO_GROUP = 'contoso-custom-allocated-devices';
export const CONTOSO_HUBS = [
  'contoso-toasters-hub-1098.azure-devices.net',
  'contoso-heatpumps-hub-1098.azure-devices.net',
] as const;

/** Published with the tutorial, so the derived keys are the ones it prints. [dps-service-behaviour §3.3] */
export const CONTOSO_GROUP_KEY =
  'oiK77Oy7rBw8YB6IS6ukRChAw+Yq6GC61RMrPLSTiOOtdI+XDu0LmLuNm11p+qv2I+adqGUdZHm46zXAQdZoOA==';

export const CONTOSO_DEVICES = ['breakroom499-contoso-tstrsd-007', 'mainbuilding167-contoso-hpsd-088'] as const;

/** The custom payload that the tutorial's devices send. */
export const CONTOSO_PAYLOAD = {
  MyDeviceFirmwareVersion: '12.0.2.5',
  MyDeviceProvisioningVersion: '1.0.0.0',
} as const;

/** @param webhookUrl with its function code, as DPS calls it */
export function contosoSetUp(webhookUrl: string): SetUp {
  return {
    dps: [
      {
        name: 'contoso-provisioning-service-1098',
        idScope: CONTOSO_ID_SCOPE,
        linkedHubs: CONTOSO_HUBS,
        enrollmentGroups: [
          {
            enrollmentGroupId: CONTOSO_GROUP,
            attestation: { type: 'symmetricKey', symmetricKey: { primaryKey: CONTOSO_GROUP_KEY } },
            capabilities: { iotEdge: false },
            provisioningStatus: 'enabled',
            reprovisionPolicy: { updateHubAssignment: true, migrateDeviceData: true },
            allocationPolicy: 'custom',
            iotHubs: CONTOSO_HUBS,
            customAllocationDefinition: { webhookUrl, apiVersion: '2021-10-01' },
          },
        ],
      },
    ],
  };
}
