/** Plays each mutant through the case that has to notice it, after the same cases have passed without a mutant. */
import { startWithReplaced } from '../../emulator/internal-door.ts';
import { startLocalHost } from '../../webhook/host/local-host.ts';
import { startStandIn } from '../../webhook/stand-in/index.ts';
import { type LoadedCase, readCases } from '../case/read-cases.ts';
import { valueText } from '../reporters/words.ts';
import type { CaseResult, Mismatch } from '../run/result.ts';
import { type RunOptions, runContracts } from '../run/run-contracts.ts';
import { selectCases } from '../run/select.ts';
import { verifyWebhook } from '../verify/index.ts';
import type { EmulatorMutant, WebhookMutant } from './mutant.ts';
import { type MutantsVerdict, type MutantVerdict, mutantsVerdict } from './verdict.ts';

interface JudgeOptions {
  readonly emulators: readonly EmulatorMutant[];
  readonly webhooks: readonly WebhookMutant[];
  /** Default: the shipped ones. */
  readonly cases?: readonly LoadedCase[];
  /** Told of each verdict as it comes. */
  readonly judged?: (verdict: MutantVerdict) => void;
}

/** A verdict on a mutant has to be the same each time. */
const SEED = 'mutants';

export async function judgeMutants({ emulators, webhooks, judged, ...given }: JudgeOptions): Promise<MutantsVerdict> {
  const startedMs = performance.now();
  const cases = given.cases ?? (await readCases([])).cases;
  const ids = [...emulators.map(({ killedBy }) => killedBy), ...webhooks.flatMap(contractOf)];
  const sound = await findSound(cases, [...new Set(ids)]);
  const verdicts: MutantVerdict[] = [];
  const add = (verdict: MutantVerdict): void => {
    verdicts.push(verdict);
    judged?.(verdict);
  };
  for (const mutant of emulators) add(await judgeEmulator(mutant, cases, sound));
  const kinds = await findSoundKinds(webhooks.flatMap(kindOf));
  for (const mutant of webhooks) add(await judgeWebhook(mutant, cases, sound, kinds));
  return mutantsVerdict(verdicts, performance.now() - startedMs);
}

function kindOf({ killedBy }: WebhookMutant): readonly string[] {
  return 'verify' in killedBy ? [killedBy.verify] : [];
}

function contractOf({ killedBy }: WebhookMutant): readonly string[] {
  return 'contract' in killedBy ? [killedBy.contract] : [];
}

/** Those of the cases that pass when nothing is wrong: only they can tell. */
async function findSound(cases: readonly LoadedCase[], ids: readonly string[]): Promise<ReadonlySet<string>> {
  const known = ids.filter((id) => cases.some(({ contract }) => contract.id === id));
  if (known.length === 0) return new Set();
  const { results } = await runContracts(selectCases(cases, known), { seed: SEED, transports: ['mqtt'] });
  return new Set(results.filter(({ outcome }) => outcome === 'passed').map(({ id }) => id));
}

/** The kinds of request that verification has nothing to say about when the webhook is right: the tutorial's function. */
async function findSoundKinds(only: readonly string[]): Promise<ReadonlySet<string>> {
  const host = await startLocalHost({ port: 0 });
  try {
    const { cases } = await verifyWebhook({ webhook: host.url, only });
    return new Set(cases.filter(({ outcome }) => outcome !== 'failed').map(({ id }) => id));
  } finally {
    await host.stop();
  }
}

type Finding = Pick<MutantVerdict, 'outcome' | 'detail'>;

const UNSOUND: Finding = { outcome: 'broken', detail: 'it fails, or is not there, without a mutant too' };

async function judgeEmulator(
  mutant: EmulatorMutant,
  cases: readonly LoadedCase[],
  sound: ReadonlySet<string>,
): Promise<MutantVerdict> {
  const { killedBy, at } = mutant;
  const finding = sound.has(killedBy)
    ? await playContract(cases, killedBy, at, {
        startTarget: (options) => startWithReplaced(options, mutant.replace()),
      })
    : UNSOUND;
  return { kind: 'emulator', ...described(mutant), killedBy, ...finding };
}

async function judgeWebhook(
  mutant: WebhookMutant,
  cases: readonly LoadedCase[],
  sound: ReadonlySet<string>,
  kinds: ReadonlySet<string>,
): Promise<MutantVerdict> {
  const { killedBy, at } = mutant;
  const name = 'verify' in killedBy ? `verify ${killedBy.verify}` : killedBy.contract;
  const isSound = 'verify' in killedBy ? kinds.has(killedBy.verify) : sound.has(killedBy.contract);
  const about = { kind: 'webhook', ...described(mutant), killedBy: name } as const;
  if (!isSound) return { ...about, ...UNSOUND };
  const standIn = await startStandIn(mutant.script());
  try {
    const finding =
      'verify' in killedBy
        ? await playVerification(mutant, killedBy.verify, standIn.url)
        : await playContract(cases, killedBy.contract, at, { webhook: standIn.url });
    return { ...about, ...finding };
  } finally {
    await standIn.stop();
  }
}

function described({ id, wrong, reason, at }: EmulatorMutant | WebhookMutant) {
  return { id, wrong, reason, at };
}

async function playContract(
  cases: readonly LoadedCase[],
  id: string,
  at: string,
  options: Pick<RunOptions, 'startTarget' | 'webhook'>,
): Promise<Finding> {
  const verdict = await runContracts(selectCases(cases, [id]), {
    ...options,
    seed: SEED,
    transports: ['mqtt'],
    jobs: 1,
  });
  const [result] = verdict.results;
  return result === undefined ? UNSOUND : findingOf(result, at);
}

function findingOf({ outcome, error, mismatches }: CaseResult, at: string): Finding {
  // An emulator that crashes would be noticed by any case, for what it throws and not for what it does.
  const crash = mismatches.find(({ path }) => path === 'target');
  if (outcome === 'error' || crash !== undefined) {
    return { outcome: 'broken', detail: error ?? crash?.says ?? 'it could not be run' };
  }
  const noticed = mismatches.map((one) => ({ isMeant: one.path.startsWith(at), text: textOf(one) }));
  return findingAmong(noticed, 'the case passed');
}

interface Noticed {
  /** It is what the mutant does wrong. */
  readonly isMeant: boolean;
  readonly text: string;
}

function findingAmong(noticed: readonly Noticed[], nothing: string): Finding {
  const found = noticed.find(({ isMeant }) => isMeant);
  if (found !== undefined) return { outcome: 'killed', detail: found.text };
  const [other] = noticed;
  if (other === undefined) return { outcome: 'survived', detail: nothing };
  return { outcome: 'broken', detail: `noticed in another place: ${other.text}` };
}

const SHOWN_MAX = 100;

function textOf({ path, expected, actual, says }: Mismatch): string {
  const values = `expected ${valueText(expected, SHOWN_MAX)}, got ${valueText(actual, SHOWN_MAX)}`;
  return `${path}: ${says ?? values}`;
}

async function playVerification(mutant: WebhookMutant, id: string, webhook: string): Promise<Finding> {
  const { timeoutMs, at } = mutant;
  const { cases, reason } = await verifyWebhook({ webhook, only: [id], ...(timeoutMs !== undefined && { timeoutMs }) });
  const [found] = cases;
  if (found === undefined) return { outcome: 'broken', detail: reason };
  const noticed = found.faults.map(({ rule, detail }) => ({ isMeant: rule === at, text: `${rule}: ${detail}` }));
  return findingAmong(noticed, 'no rule was broken');
}
