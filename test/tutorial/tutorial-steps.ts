/**
 * The tutorial, step by step: its own lines as they are printed there, and between them what stands for the steps that it
 * does in a portal or with a program in C.
 */

export interface TutorialStep {
  /** `tutorial`: printed there, word for word. `stand-in`: what does the same without a portal, a compiler or a cloud. */
  readonly from: 'tutorial' | 'stand-in';
  readonly line: string;
  /** Shell variable that keeps the output; `<output>` in a line of the tutorial is filled from it. */
  readonly output?: string;
}

export const SUFFIX = 'SUFFIX';
export const TOASTER = 'breakroom499-contoso-tstrsd-007';
export const HEAT_PUMP = 'mainbuilding167-contoso-hpsd-088';
export const GROUP = 'contoso-custom-allocated-devices';

/** What the sample in C is told to send. */
export const PAYLOAD = { MyDeviceFirmwareVersion: '12.0.2.5', MyDeviceProvisioningVersion: '1.0.0.0' };

const register = (registrationId: string, key: string): string =>
  `dps-emulator register ${registrationId} --id-scope "$ID_SCOPE" --key "$${key}" --payload '${JSON.stringify(PAYLOAD)}'`;

const ENROLLMENT = `--dps-name $DPS --resource-group $RESOURCE_GROUP --enrollment-id ${GROUP}`;

export const TUTORIAL_STEPS: readonly TutorialStep[] = [
  // Create the provisioning service and two IoT hubs
  { from: 'tutorial', line: 'export RESOURCE_GROUP="contoso-us-resource-group"' },
  { from: 'tutorial', line: 'export LOCATION="westus"' },
  { from: 'tutorial', line: `export DPS="contoso-provisioning-service-${SUFFIX}"` },
  { from: 'tutorial', line: `export TOASTER_HUB="contoso-toasters-hub-${SUFFIX}"` },
  { from: 'tutorial', line: `export HEATPUMP_HUB="contoso-heatpumps-hub-${SUFFIX}"` },
  { from: 'tutorial', line: 'az group create --name $RESOURCE_GROUP --location $LOCATION', output: 'group' },
  {
    from: 'tutorial',
    line: 'az iot dps create --name $DPS --resource-group $RESOURCE_GROUP --location $LOCATION',
    output: 'dps',
  },
  {
    from: 'tutorial',
    line: 'az iot hub create --name $TOASTER_HUB --resource-group $RESOURCE_GROUP --location $LOCATION --sku S1',
    output: 'toaster_hub',
  },
  {
    from: 'tutorial',
    line: 'az iot hub create --name $HEATPUMP_HUB --resource-group $RESOURCE_GROUP --location $LOCATION --sku S1',
    output: 'heatpump_hub',
  },
  {
    from: 'tutorial',
    line: 'az iot hub connection-string show --hub-name $TOASTER_HUB --key primary --query connectionString -o tsv',
    output: 'toaster_hub_connection_string',
  },
  {
    from: 'tutorial',
    line: 'az iot hub connection-string show --hub-name $HEATPUMP_HUB --key primary --query connectionString -o tsv',
    output: 'heatpump_hub_connection_string',
  },
  {
    from: 'tutorial',
    line: 'az iot dps linked-hub create --dps-name $DPS --resource-group $RESOURCE_GROUP --location $LOCATION --connection-string <toaster_hub_connection_string>',
    output: 'first_link',
  },
  {
    from: 'tutorial',
    line: 'az iot dps linked-hub create --dps-name $DPS --resource-group $RESOURCE_GROUP --location $LOCATION --connection-string <heatpump_hub_connection_string>',
    output: 'second_link',
  },

  // Create the enrollment: pages of the portal, there; the function is there already, at $WEBHOOK_URL.
  {
    from: 'stand-in',
    line: `az iot dps enrollment-group create ${ENROLLMENT} --allocation-policy custom --webhook-url "$WEBHOOK_URL" --api-version 2021-10-01 --iot-hubs "$TOASTER_HUB.azure-devices.net $HEATPUMP_HUB.azure-devices.net"`,
    output: 'enrollment_group',
  },
  {
    from: 'stand-in',
    line: `az iot dps enrollment-group show ${ENROLLMENT} --show-keys --query attestation.symmetricKey.primaryKey -o tsv`,
    output: 'ENROLLMENT_GROUP_KEY',
  },

  // Derive unique device keys
  {
    from: 'tutorial',
    line: `az iot dps enrollment-group compute-device-key --key <ENROLLMENT_GROUP_KEY> --registration-id ${TOASTER}`,
    output: 'toaster_key',
  },
  {
    from: 'tutorial',
    line: `az iot dps enrollment-group compute-device-key --key <ENROLLMENT_GROUP_KEY> --registration-id ${HEAT_PUMP}`,
    output: 'heatpump_key',
  },
  {
    from: 'tutorial',
    line: `az iot dps enrollment-group compute-device-key -g contoso-us-resource-group --dps-name contoso-provisioning-service-1098 --enrollment-id ${GROUP} --registration-id ${TOASTER}`,
    output: 'toaster_key_by_group',
  },

  // Simulate the devices: the ID scope is on a page of the portal, the sample in C is compiled with it and with the keys.
  { from: 'stand-in', line: 'az iot dps show --name $DPS --query properties.idScope -o tsv', output: 'ID_SCOPE' },
  { from: 'stand-in', line: register(TOASTER, 'toaster_key'), output: 'toaster' },
  { from: 'stand-in', line: register(HEAT_PUMP, 'heatpump_key'), output: 'heatpump' },
  { from: 'stand-in', line: `az iot dps enrollment-group registration list ${ENROLLMENT}`, output: 'registrations' },
  {
    from: 'stand-in',
    line: `az iot hub device-twin show --hub-name $TOASTER_HUB --device-id ${TOASTER}`,
    output: 'toaster_twin',
  },
  {
    from: 'stand-in',
    line: `az iot hub device-twin show --hub-name $HEATPUMP_HUB --device-id ${HEAT_PUMP}`,
    output: 'heatpump_twin',
  },

  // Clean up resources
  { from: 'stand-in', line: 'az group delete --name $RESOURCE_GROUP --yes', output: 'deleted' },
];
