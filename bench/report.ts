/** The figures as a table for people; `--json` prints the same values. */
import type { Figure } from './compare.ts';
import type { Machine } from './machine.ts';
import type { Summary } from './statistics.ts';

export interface Report {
  readonly plan: 'full' | 'quick';
  readonly machine: Machine;
  readonly figures: readonly Figure[];
}

export function renderReport({ plan, machine, figures }: Report): string {
  const { node, platform, processor, cores, memoryGb, loadBefore } = machine;
  return [
    `Node ${node}, ${platform}, ${cores} × ${processor}, ${memoryGb} GB; load before: ${loadBefore}`,
    'Median (lowest to highest) of rounds in which yardstick and product take turns; ratio = product / yardstick.',
    ...(plan === 'quick' ? ['QUICK RUN: it shows that the bench works; its numbers mean nothing.'] : []),
    ...figures.flatMap((figure) => ['', ...renderFigure(figure)]),
  ].join('\n');
}

export function renderFigure(figure: Figure): readonly string[] {
  const { id, unit, product, yardstick, ratio, note } = figure;
  return [
    `${id}: ratio ${renderSummary(ratio, 2)} in ${renderRounds(figure)}${renderAim(figure)}`,
    `  product    ${renderSummary(product, digitsOf(product))} ${unit}   ${product.what}`,
    `  yardstick  ${renderSummary(yardstick, digitsOf(yardstick))} ${unit}   ${yardstick.what}`,
    ...(note === undefined ? [] : [`  note       ${note}`]),
  ];
}

function renderRounds({ rounds, warmUpRounds }: Figure): string {
  const counted = `${rounds} ${rounds === 1 ? 'round' : 'rounds'}`;
  return warmUpRounds === 0 ? counted : `${counted} after ${warmUpRounds} to warm up`;
}

function renderAim({ aim, unit }: Figure): string {
  if (aim === undefined) return '';
  const value = aim.of === 'ratio' ? `${aim.value}` : `${aim.value} ${unit} for the product`;
  return `; aim: ${aim.rule} ${value}: ${aim.isMet ? 'met' : 'MISSED'}`;
}

function renderSummary({ median, lowest, highest }: Summary, digits: number): string {
  return `${median.toFixed(digits)} (${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
}

function digitsOf({ median }: Summary): number {
  return median < 100 ? 1 : 0;
}
