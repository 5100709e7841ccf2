/** The connection string for one policy of a service or a hub. */
import type { PolicyResource } from '../../emulator/wire/resource.ts';
import { AzError } from './az-error.ts';

export interface ConnectionStringRequest {
  readonly host: string;
  readonly policies: readonly PolicyResource[];
  readonly policyName: string;
  readonly keyType: 'primary' | 'secondary';
}

/** @throws {AzError} when there is no such policy */
export function connectionStringOf({ host, policies, policyName, keyType }: ConnectionStringRequest): string {
  const policy = policies.find(({ keyName }) => keyName.toLowerCase() === policyName.toLowerCase());
  if (policy === undefined) {
    const known = policies.map(({ keyName }) => keyName).join(', ');
    throw new AzError('not-found', `No keys found for policy '${policyName}' of ${host}. There are: ${known}.`);
  }
  const key = keyType === 'primary' ? policy.primaryKey : policy.secondaryKey;
  return `HostName=${host};SharedAccessKeyName=${policy.keyName};SharedAccessKey=${key}`;
}
