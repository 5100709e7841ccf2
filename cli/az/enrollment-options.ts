/** What `create` and `update` of an enrollment take, with the aliases of the Azure CLI. [dps-service-behaviour §8.2] */
import type { AzOption } from './verb.ts';

/** Which hub a device comes to, and how. */
export const allocationOptions: readonly AzOption[] = [
  {
    names: ['--allocation-policy', '--ap'],
    dest: 'allocationPolicy',
    choices: ['hashed', 'geoLatency', 'static', 'custom'],
    help: 'how a hub is chosen (default: as the provisioning service does)',
  },
  {
    names: ['--iot-hubs', '--ih'],
    dest: 'iotHubs',
    kind: 'list',
    help: 'host names of the linked hubs to choose from, separated by spaces (default: all that are linked)',
  },
  {
    names: ['--iot-hub-host-name', '--hn'],
    dest: 'iotHubHostName',
    help: 'deprecated: host name of the one hub; use --allocation-policy static --iot-hubs',
  },
  {
    names: ['--webhook-url', '--wh'],
    dest: 'webhookUrl',
    help: 'custom allocation: URL of the function that chooses the hub, with ?code=<function key> if it asks for a key',
  },
  {
    names: ['--api-version', '--av'],
    dest: 'apiVersion',
    help: 'custom allocation: version of the requests to the function, 2018-09-01-preview or later',
  },
];

/** What a device is given at its hub, and when it may have another one. */
export const deviceOptions: readonly AzOption[] = [
  {
    names: ['--initial-twin-tags', '--tags'],
    dest: 'initialTwinTags',
    kind: 'json',
    help: 'tags of the initial twin: JSON or @file',
  },
  {
    names: ['--initial-twin-properties', '--props'],
    dest: 'initialTwinProperties',
    kind: 'json',
    help: 'desired properties of the initial twin: JSON or @file',
  },
  { names: ['--edge-enabled', '--ee'], dest: 'edgeEnabled', kind: 'boolean', help: 'devices are IoT Edge devices' },
  {
    names: ['--provisioning-status', '--ps'],
    dest: 'provisioningStatus',
    choices: ['disabled', 'enabled'],
    help: 'whether devices are let in (default: enabled)',
  },
  {
    names: ['--reprovision-policy', '--rp'],
    dest: 'reprovisionPolicy',
    choices: ['never', 'reprovisionandmigratedata', 'reprovisionandresetdata'],
    help: 'what happens when a device registers again (default: reprovisionandmigratedata)',
  },
];

export const keyOptions: readonly AzOption[] = [
  {
    names: ['--primary-key', '--pk'],
    dest: 'primaryKey',
    mayBeEmpty: true,
    help: 'primary key, base64 (default: a generated one)',
  },
  {
    names: ['--secondary-key', '--sk'],
    dest: 'secondaryKey',
    mayBeEmpty: true,
    help: 'secondary key, base64 (default: a generated one)',
  },
];

export const certificateOptions: readonly AzOption[] = [
  {
    names: ['--certificate-path', '--cp'],
    dest: 'certificatePath',
    help: 'file with the primary certificate, .pem or .cer; stored, its devices are not emulated yet',
  },
  {
    names: ['--secondary-certificate-path', '--scp'],
    dest: 'secondaryCertificatePath',
    help: 'file with the secondary certificate, .pem or .cer',
  },
];

export const authorityOptions: readonly AzOption[] = [
  {
    names: ['--root-ca-name', '--ca-name', '--cn'],
    dest: 'rootCaName',
    help: "name of the primary certificate authority that signs the devices' certificates",
  },
  {
    names: ['--secondary-root-ca-name', '--secondary-ca-name', '--scn'],
    dest: 'secondaryRootCaName',
    help: 'name of the secondary certificate authority',
  },
];

export const removeOptions: readonly AzOption[] = [
  {
    names: ['--remove-certificate', '--rc'],
    dest: 'removeCertificate',
    kind: 'boolean',
    help: 'remove the primary certificate',
  },
  {
    names: ['--remove-secondary-certificate', '--rsc'],
    dest: 'removeSecondaryCertificate',
    kind: 'boolean',
    help: 'remove the secondary certificate',
  },
];

export const endorsementKey: AzOption = {
  names: ['--endorsement-key', '--ek'],
  dest: 'endorsementKey',
  help: "TPM: the endorsement key of the device's chip, base64; stored, its device is not emulated yet",
};

/** Of one device alone. */
export const individualOptions: readonly AzOption[] = [
  {
    names: ['--device-id'],
    dest: 'deviceId',
    mayBeEmpty: true,
    help: 'id of the device at its hub (default: its registration id)',
  },
  {
    names: ['--device-information', '--device-info', '--info'],
    dest: 'deviceInformation',
    kind: 'json',
    help: 'free information about the device: JSON or @file',
  },
];
