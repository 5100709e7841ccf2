/** The verdict on a webhook for a person: a line for each kind of request, then each broken rule with its sentence. */
import type { Fault, VerifyCase, VerifyDocument } from '../../contracts/verify/index.ts';
import { MASK } from '../../emulator/wire/mask.ts';
import { paint, print, printable } from '../terminal.ts';

const CASES_SHOWN_PER_RULE = 3;
/** A longer line is of no use in a terminal; `--json` has it. */
const CURL_LENGTH_MAX = 4_000;
const QUOTE_LENGTH_MAX = 60;

export function printVerdict(document: VerifyDocument): void {
  print(`${paint.strong('Verifying')} ${printable(document.webhook)}`);
  if (document.cases.length > 0) {
    const { cases, requests, durationMs } = document.summary;
    const seconds = (durationMs / 1000).toFixed(1);
    print(
      `${cases} kinds of request, each sent again and with its members reordered; ${requests} requests, ${seconds} s`,
    );
    print();
    const width = Math.max(...document.cases.map(({ id }) => id.length));
    for (const one of document.cases) printCase(one, width);
    for (const faults of byRule(document.cases)) printRule(faults);
  }
  if (document.fuzz !== undefined) {
    const { requests, seed, sent, cutShort } = document.fuzz;
    print();
    print(
      `Fuzzed with --fuzz ${requests} --seed ${seed}: ${sent} requests sent${cutShort ? `; cut short: ${cutShort}` : ''}`,
    );
  }
  print();
  const colour = document.exitCode === 0 ? paint.good : paint.bad;
  print(colour(printable(document.reason)));
}

const MARKS = { passed: 'ok     ', refused: 'refused', failed: 'FAULT  ', 'not-run': 'not run' } as const;

function printCase(one: VerifyCase, width: number): void {
  const colour = { passed: paint.good, refused: paint.faint, failed: paint.bad, 'not-run': paint.faint }[one.outcome];
  print(`  ${colour(MARKS[one.outcome])} ${one.id.padEnd(width)}  ${printable(madeOf(one))}`);
}

/** Answer → what DPS makes of it → what the device sees. */
function madeOf(one: VerifyCase): string {
  const exchange = one.exchanges[0];
  if (exchange === undefined) return one.detail;
  const { status, failure, answer, dps, device } = exchange;
  const quote = one.outcome === 'refused' && answer !== '' ? ` "${clipped(answer, QUOTE_LENGTH_MAX)}"` : '';
  const seen = device.cSdkResult ?? 'keeps polling';
  const result = dps.outcome === 'assigned' ? `assigned ${device.assignedHub ?? ''}` : dps.outcome;
  return `${status ?? failure}${quote} → DPS: ${result} → device: ${device.status}, ${seen}`;
}

interface BrokenRule {
  readonly fault: Fault;
  readonly cases: readonly { readonly one: VerifyCase; readonly details: readonly string[] }[];
}

function byRule(cases: readonly VerifyCase[]): readonly BrokenRule[] {
  const rules = new Map<string, Fault>();
  for (const fault of cases.flatMap((one) => one.faults)) if (!rules.has(fault.rule)) rules.set(fault.rule, fault);
  return [...rules.values()].map((fault) => ({
    fault,
    cases: cases
      .map((one) => ({
        one,
        details: one.faults.filter(({ rule }) => rule === fault.rule).map(({ detail }) => detail),
      }))
      .filter(({ details }) => details.length > 0),
  }));
}

function printRule({ fault, cases }: BrokenRule): void {
  print();
  print(`${paint.bad(fault.rule)}  ${fault.requirement}`);
  print(paint.faint(`  ${fault.confidence}: ${fault.source}`));
  for (const { one, details } of cases.slice(0, CASES_SHOWN_PER_RULE)) {
    print(`  ${one.id}: ${one.title}`);
    for (const detail of details) print(`    ${printable(detail)}`);
    const dps = one.exchanges[0]?.dps;
    if (dps !== undefined) print(`    DPS: ${dps.outcome}, ${printable(dps.reason)}`);
  }
  const more = cases.length - CASES_SHOWN_PER_RULE;
  if (more > 0)
    print(
      `  and ${more} more: ${cases
        .slice(CASES_SHOWN_PER_RULE)
        .map(({ one }) => one.id)
        .join(' ')}`,
    );
  const curl = shortestOf(cases.map(({ one }) => one.reproduction ?? ''));
  if (curl === '') return;
  const hint = curl.includes(MASK) ? ' (put your key in place of ****, or pass --show-keys)' : '';
  print(curl.length > CURL_LENGTH_MAX ? '  To see it: --json has the request' : `  To see it${hint}:\n  ${curl}`);
}

function shortestOf(lines: readonly string[]): string {
  return [...lines].sort((one, other) => one.length - other.length)[0] ?? '';
}

function clipped(text: string, lengthMax: number): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}
