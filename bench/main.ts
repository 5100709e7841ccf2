/** `npm run bench`: measures the product beside its yardsticks and prints the figures; `--json`, `--quick`, `--only ID`. */
import { parseArgs } from 'node:util';
import type { Figure } from './compare.ts';
import { journalHeap, manyGroups, seeding } from './figures/engine.ts';
import { LOAD_CASES, loadFigure } from './figures/load.ts';
import { retryLadder } from './figures/retry-ladder.ts';
import { idleMemory, startUp } from './figures/start-up.ts';
import { describeMachine } from './machine.ts';
import { FULL_PLAN, type Plan, QUICK_PLAN } from './plan.ts';
import { renderReport } from './report.ts';
import { createSurroundings, type Surroundings } from './surroundings.ts';

const FIGURES: Readonly<Record<string, (surroundings: Surroundings, plan: Plan) => Promise<Figure>>> = {
  'start-up': startUp,
  'idle-memory': idleMemory,
  ...Object.fromEntries(
    LOAD_CASES.map((one) => [one.id, (surroundings: Surroundings, plan: Plan) => loadFigure(one, surroundings, plan)]),
  ),
  'retry-ladder': (_surroundings, plan) => retryLadder(plan),
  'journal-heap': (_surroundings, plan) => journalHeap(plan),
  'groups-1001': (_surroundings, plan) => manyGroups(plan),
  seeding: (_surroundings, plan) => seeding(plan),
};

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
});

const chosen = Object.entries(FIGURES).filter(
  ([id]) => values.only.length === 0 || values.only.some((wanted) => id.startsWith(wanted)),
);
// A bench that measures nothing must not look like one that is content.
if (chosen.length === 0) throw new Error(`--only: known figures are ${Object.keys(FIGURES).join(', ')}`);

const machine = describeMachine();
const surroundings = await createSurroundings();
// The in-process emulator of the ladder finds the same installation.
process.env.DPS_EMULATOR_HOME = surroundings.env.DPS_EMULATOR_HOME;
try {
  const figures: Figure[] = [];
  for (const [id, measure] of chosen) {
    process.stderr.write(`measuring ${id}\n`);
    figures.push(await measure(surroundings, values.quick ? QUICK_PLAN : FULL_PLAN));
  }
  const report = { plan: values.quick ? 'quick' : 'full', machine, figures } as const;
  process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : renderReport(report)}\n`);
} finally {
  await surroundings.remove();
}
