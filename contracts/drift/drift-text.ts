/** What two targets differ in, for people at a terminal of 80 columns. */
import { notRunText, secondsText, someOf, valueText, wrapped } from '../reporters/words.ts';
import type { Difference, Drift } from './find-drift.ts';

const VALUE_LENGTH_MAX = 400;

export function driftLines(drift: Drift): readonly string[] {
  const { targets, same, differences, notCompared, realMs, seed } = drift;
  const counts = [`${same} the same`, `${differences.length} different`, `${notCompared.length} not compared`];
  return [
    `A  ${targets.a}`,
    `B  ${targets.b}`,
    ...differences.flatMap(differenceLines),
    '',
    ...notComparedLines(drift),
    `${counts.join(', ')}, in ${secondsText(realMs / 1000)}`,
    `seed ${seed}`,
  ];
}

function differenceLines({ id, title, transport, outcomes, said }: Difference): readonly string[] {
  const isSplit = outcomes.a !== outcomes.b;
  return [
    '',
    `DIFFERENT  ${id} over ${transport}`,
    ...wrapped(`  ${title}`),
    ...(isSplit ? [`  the case ${outcomes.a} at A, ${outcomes.b} at B`] : []),
    ...said.flatMap(({ path, a, b }) => [
      `  ${path}`,
      ...wrapped(`    A  ${valueText(a, VALUE_LENGTH_MAX)}`, 80, '       '),
      ...wrapped(`    B  ${valueText(b, VALUE_LENGTH_MAX)}`, 80, '       '),
    ]),
  ];
}

function notComparedLines({ notCompared }: Drift): readonly string[] {
  const reasons = new Map<string, Set<string>>();
  for (const { id, why } of notCompared) reasons.set(why, (reasons.get(why) ?? new Set()).add(id));
  return [...reasons].flatMap(([why, ids]) => {
    const [, where = '', reason = why] = /^at ([AB]): (.*)$/s.exec(why) ?? [];
    const text = where === '' ? why : `${notRunText(reason)} (${where})`;
    return wrapped(`${text}: ${someOf([...ids])}`);
  });
}
