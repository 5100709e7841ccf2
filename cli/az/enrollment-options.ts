/** What `create` and `update` of an enrollment take, with the aliases of the Azure CLI. [dps-service-behaviour §8.2] */
import { type AzOption, option } from './verb.ts';

/** Which hub a device comes to, and how. */
export const allocationOptions: readonly AzOption[] = [
  option('--allocation-policy, --ap', 'how a hub is chosen (default: as the provisioning service does)', {
    choices: ['hashed', 'geoLatency', 'static', 'custom'],
  }),
  option(
    '--iot-hubs, --ih',
    'host names of the linked hubs to choose from, separated by spaces (default: all that are linked)',
    { kind: 'list' },
  ),
  option(
    '--iot-hub-host-name, --hn',
    'deprecated: host name of the one hub; use --allocation-policy static --iot-hubs',
  ),
  option(
    '--webhook-url, --wh',
    'custom allocation: URL of the function that chooses the hub, with ?code=<function key> if it asks for a key',
  ),
  option(
    '--api-version, --av',
    'custom allocation: version of the requests to the function, 2018-09-01-preview or later',
  ),
];

/** What a device is given at its hub, and when it may have another one. */
export const deviceOptions: readonly AzOption[] = [
  option('--initial-twin-tags, --tags', 'tags of the initial twin: JSON or @file', { kind: 'json' }),
  option('--initial-twin-properties, --props', 'desired properties of the initial twin: JSON or @file', {
    kind: 'json',
  }),
  option('--edge-enabled, --ee', 'devices are IoT Edge devices', { kind: 'boolean' }),
  option('--provisioning-status, --ps', 'whether devices are let in (default: enabled)', {
    choices: ['disabled', 'enabled'],
  }),
  option(
    '--reprovision-policy, --rp',
    'what happens when a device registers again (default: reprovisionandmigratedata)',
    { choices: ['never', 'reprovisionandmigratedata', 'reprovisionandresetdata'] },
  ),
];

export const keyOptions: readonly AzOption[] = [
  option('--primary-key, --pk', 'primary key, base64 (default: a generated one)', { mayBeEmpty: true }),
  option('--secondary-key, --sk', 'secondary key, base64 (default: a generated one)', { mayBeEmpty: true }),
];

export const certificateOptions: readonly AzOption[] = [
  option(
    '--certificate-path, --cp',
    'file with the primary certificate, .pem or .cer; stored, its devices are not emulated yet',
  ),
  option('--secondary-certificate-path, --scp', 'file with the secondary certificate, .pem or .cer'),
];

export const authorityOptions: readonly AzOption[] = [
  option(
    '--root-ca-name, --ca-name, --cn',
    "name of the primary certificate authority that signs the devices' certificates",
  ),
  option('--secondary-root-ca-name, --secondary-ca-name, --scn', 'name of the secondary certificate authority'),
];

export const removeOptions: readonly AzOption[] = [
  option('--remove-certificate, --rc', 'remove the primary certificate', { kind: 'boolean' }),
  option('--remove-secondary-certificate, --rsc', 'remove the secondary certificate', { kind: 'boolean' }),
];

export const endorsementKey = option(
  '--endorsement-key, --ek',
  "TPM: the endorsement key of the device's chip, base64; stored, its device is not emulated yet",
);

/** Of one device alone. */
export const individualOptions: readonly AzOption[] = [
  option('--device-id', 'id of the device at its hub (default: its registration id)', { mayBeEmpty: true }),
  option('--device-information, --device-info, --info', 'free information about the device: JSON or @file', {
    kind: 'json',
  }),
];
