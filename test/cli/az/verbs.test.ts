/** Every verb of `az` is explained, and its examples are lines that it understands. */
import { describe, expect, it } from 'vitest';
import { findVerb } from '../../../cli/az/find-verb.ts';
import { parseArguments } from '../../../cli/az/parse-arguments.ts';
import { AZ_VERBS } from '../../../cli/az/verbs.ts';

/** Words as a shell takes them apart: quotes of either kind hold together. */
function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

describe('the verbs', () => {
  it('are each there once', () => {
    const paths = AZ_VERBS.map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.length).toBeGreaterThan(40);
  });

  it.each(AZ_VERBS)('$path is explained, option by option', (verb) => {
    expect(verb.summary).toMatch(/^[A-Z].*\.$/s);
    for (const { names, help } of verb.options) {
      expect(help, names[0]).not.toBe('');
      for (const name of names) expect(name).toMatch(/^(--[a-z][a-z-]+|-[a-z])$/);
    }
    const names = verb.options.flatMap((option) => option.names);
    expect(new Set(names).size).toBe(names.length);
    const { help = '' } = parseArguments(verb, ['--help']);
    for (const name of names) expect(help).toContain(name);
  });

  it.each(AZ_VERBS)('$path has examples that it understands', ({ path, examples }) => {
    for (const example of examples) {
      const [az, ...words] = shellWords(example);
      expect(az).toBe('az');
      const found = findVerb(AZ_VERBS, words);
      expect(found).toMatchObject({ kind: 'verb', verb: { path } });
      if (found.kind === 'verb') expect(() => parseArguments(found.verb, found.rest)).not.toThrow();
    }
  });
});
