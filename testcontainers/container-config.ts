/** The configuration that a container starts with: the document of `start --config`, and the host names that it makes real. */
import { readFile } from 'node:fs/promises';
import type { GivenOptions } from '../emulator/index.ts';
import { serviceHostOf } from '../emulator/wire/access-policy.ts';
import { contosoSetUp } from '../emulator/wire/contoso.ts';
import { parseJson, TOO_DEEP } from '../emulator/wire/json-depth.ts';
import type { SetUp } from '../emulator/wire/set-up.ts';

/** A set-up, options, or both (docs/configuration.md). Options alone keep the tutorial's set-up. */
export type ContainerConfig = SetUp & { readonly options?: GivenOptions };

/** Every DPS in the world answers to this name too; the devices of most samples dial it. */
const GLOBAL_HOST = 'global.azure-devices-provisioning.net';

/** @throws when the file cannot be read or is no JSON; all other rules are the emulator's, and its complaint names them */
export async function readContainerConfig(config: ContainerConfig | string): Promise<ContainerConfig> {
  if (typeof config !== 'string') return config;
  const refuse = (why: string): never => {
    throw new Error(`withConfig: ${config}: ${why}`);
  };
  const parsed = parseJson(await readFile(config, 'utf8').catch((error: Error) => refuse(error.message)));
  if (parsed.kind === 'json') return parsed.value as ContainerConfig;
  return refuse(parsed.kind === 'broken' ? parsed.why : TOO_DEEP);
}

export function hasSetUp({ dps, hubs }: ContainerConfig): boolean {
  return dps !== undefined || hubs !== undefined;
}

/** The real host names of everything in the set-up, so that devices in the network need no other. */
export function hostNamesOf(config: ContainerConfig): readonly string[] {
  const { dps = [], hubs = [] } = hasSetUp(config) ? config : contosoSetUp('');
  const nameOf = (hub: string | { readonly name: string }): string => (typeof hub === 'string' ? hub : hub.name);
  return [
    ...new Set([
      GLOBAL_HOST,
      ...dps.flatMap(({ name, linkedHubs = [] }) => [serviceHostOf(name), ...linkedHubs.map(nameOf)]),
      ...hubs.map(nameOf),
    ]),
  ];
}
