/** What creating a provisioning service and creating a hub have in common. */
import type { Tags } from '../../emulator/wire/resource.ts';
import type { AzArguments } from './arguments.ts';
import { AzError } from './az-error.ts';

interface NamedResource {
  readonly name: string;
  readonly resourcegroup: string;
}

/**
 * Names are taken wherever the resource is: they are host names.
 * @param noun as the message calls them: `DPS`, `IotHub`
 * @throws {AzError} when one of them has the name
 */
export function checkFree(noun: string, name: string, resources: readonly NamedResource[]): void {
  const taken = resources.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (taken === undefined) return;
  const where = `in the resource group '${taken.resourcegroup}'`;
  throw new AzError('service', `${noun} name '${name}' is not available: there is one of that name ${where}.`);
}

/** The members that every resource has, as far as they are given. */
export function settingsIn(args: AzArguments): { readonly location?: string; readonly tags?: Tags } {
  const location = args.text('location');
  const tags = args.tags('tags');
  return { ...(location !== undefined && { location }), ...(tags !== undefined && { tags }) };
}
