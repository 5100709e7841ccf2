/** The report for people at a terminal: a line for each case as it ends, then everything about those that are broken. */
import type { CaseResult, Reporter, TimelineEntry, Verdict } from '../run/result.ts';
import { IN_PROCESS } from '../target/target.ts';
import {
  againText,
  countsText,
  leftOutByReason,
  notRunText,
  secondsText,
  someOf,
  valueText,
  wrapped,
} from './words.ts';

type Painter = (text: string) => string;

export interface ConsoleOptions {
  readonly print: (line: string) => void;
  readonly paint: { readonly good: Painter; readonly bad: Painter; readonly strong: Painter; readonly faint: Painter };
  /** Text from outside that must not steer the terminal. */
  readonly printable: (text: string) => string;
}

const VALUE_LENGTH_MAX = 400;
const TIMELINE_LINES_MAX = 60;

export function consoleReporter(options: ConsoleOptions): Reporter {
  const { print, paint, printable } = options;
  return {
    started: ({ cases, runs, driver, webhook, target }) => {
      const asked = webhook === undefined ? '' : `, webhook ${webhook}`;
      const where = target === IN_PROCESS ? '' : `, target ${printable(target)}`;
      print(`${cases} cases, ${runs} runs; ${printable(driver)}${asked}${where}`);
      print('');
    },
    finished: (results) => print(caseLine(results, options)),
    ended: (verdict) => {
      for (const results of groupAlike(verdict.results.filter(({ outcome }) => outcome !== 'passed'))) {
        for (const line of brokenCase(results, verdict, options)) print(line);
      }
      print('');
      for (const [why, names] of leftOutByReason(verdict.leftOut)) {
        for (const line of wrapped(`${notRunText(why)}: ${someOf(names)}`)) print(paint.faint(line));
      }
      const counts = `${countsText(verdict)} in ${secondsText(verdict.realMs / 1000)}`;
      print(verdict.exitCode === 0 ? paint.good(counts) : paint.bad(counts));
      print(`seed ${printable(verdict.seed)}${verdict.traceHash === null ? '' : `, trace ${verdict.traceHash}`}`);
    },
  };
}

function caseLine(results: readonly CaseResult[], { paint }: ConsoleOptions): string {
  const isGood = results.every(({ outcome }) => outcome === 'passed');
  const transports = results.map(({ outcome, transport }) => (outcome === 'passed' ? transport : paint.bad(transport)));
  const [first] = results;
  return `${isGood ? paint.good('✓') : paint.bad('✗')} ${first?.id ?? ''}  ${paint.faint(transports.join(' '))}`;
}

/** The same mismatches over several transports are told once. */
function groupAlike(broken: readonly CaseResult[]): readonly (readonly CaseResult[])[] {
  const groups = new Map<string, CaseResult[]>();
  for (const result of broken) {
    const key = JSON.stringify([result.id, result.error ?? null, result.mismatches]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()];
}

function brokenCase(alike: readonly CaseResult[], verdict: Verdict, options: ConsoleOptions): readonly string[] {
  const { paint, printable } = options;
  const [result] = alike;
  if (result === undefined) return [];
  const over = alike.map(({ transport }) => transport).join(', ');
  const word = result.outcome === 'error' ? 'COULD NOT RUN' : 'BROKEN';
  return [
    '',
    `${paint.bad(word)}  ${paint.strong(result.id)} over ${over}`,
    `  ${result.title}`,
    `  requirement  ${result.requirement}`,
    `  source       ${result.source} (${result.confidence})`,
    `  file         ${result.file}:${result.line}`,
    ...(result.error === undefined ? [] : [`  ${paint.bad(printable(result.error))}`]),
    ...result.mismatches.flatMap(({ path, expected, actual, says }) => [
      `  ${paint.strong(printable(path))}${says === undefined ? '' : `  ${printable(says)}`}`,
      ...(expected === undefined && actual === undefined
        ? []
        : [
            `    expected  ${paint.good(printable(valueText(expected, VALUE_LENGTH_MAX)))}`,
            `    actual    ${paint.bad(printable(valueText(actual, VALUE_LENGTH_MAX)))}`,
          ]),
    ]),
    ...(result.timeline.length === 0 ? [] : ['  timeline', ...timelineLines(result.timeline, options)]),
    `  again        ${againText(result, verdict)}`,
  ];
}

function timelineLines(timeline: readonly TimelineEntry[], { paint, printable }: ConsoleOptions): readonly string[] {
  const paints = { quiet: paint.faint, neutral: String, good: paint.good, warning: String, bad: paint.bad };
  const lines = timeline.map(({ atSeconds, subject, text, tone = 'neutral' }) => {
    const who = subject === undefined ? paint.strong('step') : printable(subject);
    return `    ${secondsText(atSeconds).padStart(9)}  ${who}  ${paints[tone](printable(text))}`;
  });
  if (lines.length <= TIMELINE_LINES_MAX) return lines;
  const hidden = lines.length - TIMELINE_LINES_MAX;
  return [`    ${paint.faint(`${hidden} earlier lines are in the HTML report`)}`, ...lines.slice(-TIMELINE_LINES_MAX)];
}
