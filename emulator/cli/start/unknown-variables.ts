/** Variables of the environment that look like options and are none: in a container a slip in a name is easily made. */
import { distance } from 'fastest-levenshtein';
import { OPTIONS } from '../../config.ts';

const PREFIX = 'DPS_EMULATOR_';
/** For all commands, so no options of an emulator. */
const OTHERS = ['DPS_EMULATOR_HOME', 'DPS_EMULATOR_URL'];

/** A sentence for each. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known = [...Object.values(OPTIONS).map((option) => option.env), ...OTHERS];
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .map((name) => {
      const [nearest = ''] = known.toSorted((a, b) => distance(name, a) - distance(name, b));
      return `${name}: is not a known variable and changes nothing; the most similar is ${nearest} (docs/configuration.md).`;
    });
}
