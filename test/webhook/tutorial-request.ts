/** The allocation request that the tutorial's log prints for its toaster, to be varied by tests. */

export const toasterHub = 'contoso-toasters-hub-1098.azure-devices.net';
export const heatPumpHub = 'contoso-heatpumps-hub-1098.azure-devices.net';

export function allocationRequest(change: { registrationId?: unknown; linkedHubs?: unknown } = {}): string {
  const { registrationId = 'breakroom499-contoso-tstrsd-007', linkedHubs = [toasterHub, heatPumpHub] } = change;
  return JSON.stringify({
    enrollmentGroup: { enrollmentGroupId: 'contoso-custom-allocated-devices', allocationPolicy: 'custom' },
    deviceRuntimeContext: { registrationId, symmetricKey: {}, payload: { MyDeviceFirmwareVersion: '12.0.2.5' } },
    linkedHubs,
  });
}
