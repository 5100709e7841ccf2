/** What a verb of `az` is: its words, its options and what it does; and the words that lead to it. */
import type { JsonValue } from '../../emulator/wire/twin.ts';
import type { AzArguments } from './arguments.ts';
import type { AzContext } from './context.ts';

export interface AzOption {
  /** Every spelling, the long one that people know first: `['--enrollment-id', '--eid']`. */
  readonly names: readonly [string, ...string[]];
  /** Under which name the verb reads the value. */
  readonly dest: string;
  readonly help: string;
  readonly isRequired?: true;
  /** Whether `""` means something. Elsewhere it is a variable that nobody has set. */
  readonly mayBeEmpty?: true;
  /**
   * `text`: one value. `list`: several values, or one that is separated by spaces. `flag`: no value. `boolean`: `true` or
   * `false`, and `true` when it stands alone. `integer`, `json` (JSON, or `@file`) and `tags` (`name=value …`): checked.
   */
  readonly kind?: 'text' | 'list' | 'flag' | 'boolean' | 'integer' | 'json' | 'tags';
  /** Of an `integer`. */
  readonly minimum?: number;
  /** Compared without regard to case; the spelling here is the one that the verb reads. */
  readonly choices?: readonly string[];
}

/**
 * An option whose value the verb reads under the first name: `--dps-name` as `dpsName`.
 * @param names every spelling, as a help shows them: `--enrollment-id, --eid`
 */
export function option(names: string, help: string, more: Partial<Omit<AzOption, 'names' | 'help'>> = {}): AzOption {
  const [first = '', ...others] = names.split(', ');
  const dest = first.slice(2).replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
  return { names: [first, ...others], dest, help, ...more };
}

export function required(option: AzOption): AzOption {
  return { ...option, isRequired: true };
}

export interface AzVerb {
  /** `iot dps create`, without `az`. */
  readonly path: string;
  readonly summary: string;
  readonly options: readonly AzOption[];
  /** As they are typed, `az` first. */
  readonly examples: readonly [string, ...string[]];
  /** What it returns is JSON and printed as `--output` says; nothing when it is `undefined`. */
  run(args: AzArguments, context: AzContext): Promise<JsonValue | object | undefined>;
}
