/** What is said of an option: its rule, its default, and how it is given. */

export interface OptionRow {
  readonly type: 'string' | 'integer' | 'number' | 'choice' | 'list' | 'assumptions';
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** What else a text must be: what is told when it is not. */
  readonly rule?: (text: string) => string | undefined;
  /** What `start` takes; in-process emulators take `inProcess` where it is given. `undefined`: see the help text. */
  readonly default: string | number | undefined;
  readonly inProcess?: number;
  readonly flag: string;
  readonly env: string;
  readonly help: string;
}
