/** Shared access policies of a provisioning service or a hub, as the verbs change them: all of them anew. */
import { randomBytes } from 'node:crypto';
import type { PolicyResource } from '../../emulator/wire/resource.ts';
import type { PolicyRequest } from '../../emulator/wire/resource-request.ts';
import { AzError } from './az-error.ts';

/** Whose policies they are. */
export interface PolicyOwner {
  policies(): Promise<readonly PolicyResource[]>;
  etag(): Promise<string>;
  put(request: {
    readonly etag: string;
    readonly properties: { readonly authorizationPolicies: readonly PolicyRequest[] };
  }): Promise<unknown>;
}

/** @returns the policies as they are then */
export async function changePolicies(
  owner: PolicyOwner,
  changed: (present: readonly PolicyResource[]) => readonly PolicyRequest[],
): Promise<readonly PolicyResource[]> {
  // Somebody else's change in between is not overwritten: then the etag is no longer this one.
  const etag = await owner.etag();
  await owner.put({ etag, properties: { authorizationPolicies: changed(await owner.policies()) } });
  return owner.policies();
}

export function namedPolicy<Policy extends { readonly keyName: string }>(
  policies: readonly Policy[],
  wanted: string,
): Policy {
  const found = policies.find((policy) => isNamed(policy, wanted));
  if (found !== undefined) return found;
  const known = policies.map(({ keyName }) => keyName).join(', ');
  throw new AzError('not-found', `Access policy ${wanted} doesn't exist. There are: ${known}.`);
}

export function isNamed({ keyName }: { readonly keyName: string }, other: string): boolean {
  return keyName.toLowerCase() === other.toLowerCase();
}

/** As long as those that the service generates. [dps-service-behaviour §3.3] */
export function newKey(): string {
  return randomBytes(64).toString('base64');
}
