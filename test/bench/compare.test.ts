import { expect, it } from 'vitest';
import { type Aim, compare, type FigureFacts } from '../../bench/compare.ts';
import { summarise } from '../../bench/statistics.ts';

const FACTS: FigureFacts = { id: 'figure', product: 'product', yardstick: 'yardstick', unit: 'ms' };

function inTurn(values: readonly number[], heard: () => void = () => undefined): () => Promise<number> {
  const left = [...values];
  return async () => {
    heard();
    return left.shift() ?? Number.NaN;
  };
}

it('lets yardstick and product take turns and leaves the warm-up rounds out', async () => {
  const order: string[] = [];
  const figure = await compare(FACTS, {
    rounds: 2,
    warmUpRounds: 1,
    yardstick: inTurn([1000, 10, 20], () => order.push('yardstick')),
    product: inTurn([1, 15, 20], () => order.push('product')),
  });
  expect(order).toEqual(['yardstick', 'product', 'yardstick', 'product', 'yardstick', 'product']);
  expect(figure.yardstick).toMatchObject({ lowest: 10, median: 15, highest: 20 });
});

it('divides product by yardstick round by round', async () => {
  const figure = await compare(FACTS, {
    rounds: 3,
    warmUpRounds: 0,
    yardstick: inTurn([10, 20, 40]),
    product: inTurn([10, 10, 80]),
  });
  expect(figure.ratio).toEqual({ lowest: 0.5, median: 1, highest: 2 });
});

it.each<[Aim['of'], Aim['rule'], number, boolean]>([
  ['ratio', 'at most', 1.5, true],
  ['ratio', 'at most', 1.4, false],
  ['ratio', 'at least', 1.5, true],
  ['ratio', 'at least', 1.6, false],
  ['product', 'below', 15, false],
  ['product', 'below', 16, true],
])('an aim of the %s "%s %d" is met by a ratio of 1.5 and a product of 15: %s', async (of, rule, value, isMet) => {
  const turns = { rounds: 1, warmUpRounds: 0, yardstick: inTurn([10]), product: inTurn([15]) };
  const figure = await compare({ ...FACTS, aim: { of, rule, value } }, turns);
  expect(figure.aim?.isMet).toBe(isMet);
});

it('takes the mean of the two middle values when there is an even number of them', () => {
  expect(summarise([4, 1, 3, 2])).toEqual({ lowest: 1, median: 2.5, highest: 4 });
});

it('refuses to summarise nothing', () => {
  expect(() => summarise([])).toThrow('nothing was measured');
});
