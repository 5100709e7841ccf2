/** Variables of the environment that look like options and are none: in a container a slip in a name is easily made. */
import { OPTIONS, variableOf } from '../../emulator/service-door.ts';

const PREFIX = 'DPS_EMULATOR_';
/** For all commands, so no options of an emulator. */
const OTHERS = ['DPS_EMULATOR_HOME', 'DPS_EMULATOR_URL'];

/** A sentence for each. */
export async function unknownVariables(env: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> {
  const known = [...Object.values(OPTIONS).map(variableOf), ...OTHERS];
  const unknown = Object.keys(env).filter((name) => name.startsWith(PREFIX) && !known.includes(name));
  if (unknown.length === 0) return [];
  const { distance } = await import('fastest-levenshtein');
  return unknown.map((name) => {
    const [nearest = ''] = known.toSorted((a, b) => distance(name, a) - distance(name, b));
    return `${name}: is not a known variable and changes nothing; the most similar is ${nearest} (docs/configuration.md).`;
  });
}
