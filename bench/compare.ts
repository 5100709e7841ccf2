/** One figure: product and yardstick measured in turns, so that what drifts on the machine drifts for both. */
import { type Summary, summarise } from './statistics.ts';

export type Unit = 'ms' | 'MB' | 'per second';

/** What issue and README promise: of the ratio, or of the product's own median. */
export interface Aim {
  readonly of: 'ratio' | 'product';
  readonly rule: 'at most' | 'at least' | 'below';
  readonly value: number;
}

export interface FigureFacts {
  readonly id: string;
  readonly product: string;
  readonly yardstick: string;
  readonly unit: Unit;
  readonly aim?: Aim;
}

export interface Figure {
  readonly id: string;
  readonly unit: Unit;
  readonly product: Summary & { readonly what: string };
  readonly yardstick: Summary & { readonly what: string };
  /** Product divided by yardstick, round by round. */
  readonly ratio: Summary;
  readonly rounds: number;
  readonly warmUpRounds: number;
  readonly aim?: Aim & { readonly isMet: boolean };
  /** What a reader has to know besides, such as the first measurement before the code was warm. */
  readonly note?: string;
}

export interface Turns {
  readonly rounds: number;
  /** Rounds before the first that counts. */
  readonly warmUpRounds: number;
  readonly yardstick: () => Promise<number>;
  readonly product: () => Promise<number>;
}

export async function compare(facts: FigureFacts, turns: Turns): Promise<Figure> {
  for (let round = 0; round < turns.warmUpRounds; round += 1) {
    await turns.yardstick();
    await turns.product();
  }
  const yardsticks: number[] = [];
  const products: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < turns.rounds; round += 1) {
    const yardstick = await turns.yardstick();
    const product = await turns.product();
    yardsticks.push(yardstick);
    products.push(product);
    ratios.push(product / yardstick);
  }
  const product = summarise(products);
  const ratio = summarise(ratios);
  return {
    id: facts.id,
    unit: facts.unit,
    product: { what: facts.product, ...product },
    yardstick: { what: facts.yardstick, ...summarise(yardsticks) },
    ratio,
    rounds: turns.rounds,
    warmUpRounds: turns.warmUpRounds,
    ...(facts.aim && { aim: { ...facts.aim, isMet: isMet(facts.aim, product, ratio) } }),
  };
}

function isMet({ of, rule, value }: Aim, product: Summary, ratio: Summary): boolean {
  const median = of === 'ratio' ? ratio.median : product.median;
  if (rule === 'at least') return median >= value;
  return rule === 'below' ? median < value : median <= value;
}
