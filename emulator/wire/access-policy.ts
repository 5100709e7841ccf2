/** Shared access policies: a name, two keys, and what they allow. [dps-service-behaviour §4.4, §10.2] */

/** Rights of a provisioning service; `DeviceConnect` is in the management API's list only. */
export const DPS_RIGHTS = [
  'ServiceConfig',
  'EnrollmentRead',
  'EnrollmentWrite',
  'DeviceConnect',
  'RegistrationStatusRead',
  'RegistrationStatusWrite',
] as const;
export type DpsRight = (typeof DPS_RIGHTS)[number];

export const HUB_RIGHTS = ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'] as const;
export type HubRight = (typeof HUB_RIGHTS)[number];

export interface AccessPolicy<Right extends string> {
  readonly keyName: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly rights: readonly Right[];
}

export type DpsPolicy = AccessPolicy<DpsRight>;
export type HubPolicy = AccessPolicy<HubRight>;

/** As a set-up document gives it: keys that are left out are generated. */
export interface GivenPolicy<Right extends string> {
  readonly keyName: string;
  readonly rights: readonly Right[];
  readonly primaryKey?: string;
  readonly secondaryKey?: string;
}

/** Names stand in connection strings and tokens, where other characters end them. */
const POLICY_NAME = /^[\w.-]{1,64}$/;
export const POLICY_NAME_RULE = 'must be 1 to 64 letters, digits and - _ .';

export function isPolicyName(text: string): boolean {
  return POLICY_NAME.test(text);
}

const schemaWith = <Right extends string>(rights: readonly Right[]) =>
  ({
    type: 'object',
    required: ['keyName', 'rights'],
    properties: {
      keyName: { type: 'string', minLength: 1, maxLength: 64 },
      rights: { type: 'array', items: { enum: rights } },
      primaryKey: { type: 'string', minLength: 1 },
      secondaryKey: { type: 'string', minLength: 1 },
    },
    additionalProperties: false,
  }) as const;

export const DpsPolicySchema = schemaWith(DPS_RIGHTS);
export const HubPolicySchema = schemaWith(HUB_RIGHTS);

/** The policy that every provisioning service is born with; it may do everything. */
export const DPS_OWNER = 'provisioningserviceowner';

/** The policy of a hub that may do everything; links are made with it. */
export const HUB_OWNER = 'iothubowner';

/** The policies that every hub is born with. */
export const HUB_DEFAULTS: readonly { readonly keyName: string; readonly rights: readonly HubRight[] }[] = [
  { keyName: HUB_OWNER, rights: HUB_RIGHTS },
  { keyName: 'service', rights: ['ServiceConnect'] },
  { keyName: 'device', rights: ['DeviceConnect'] },
  { keyName: 'registryRead', rights: ['RegistryRead'] },
  { keyName: 'registryReadWrite', rights: ['RegistryRead', 'RegistryWrite'] },
];

/** Host names of services; the part in front of the first dot is the name. */
export const DPS_HOST_SUFFIX = '.azure-devices-provisioning.net';
export const HUB_HOST_SUFFIX = '.azure-devices.net';

export function serviceHostOf(dpsName: string): string {
  return `${dpsName}${DPS_HOST_SUFFIX}`;
}

export function connectionString(host: string, { keyName, primaryKey }: AccessPolicy<string>): string {
  return `HostName=${host};SharedAccessKeyName=${keyName};SharedAccessKey=${primaryKey}`;
}
