/** JUnit XML, as CI servers read it: a suite for each case file, a test for each case and transport. */
import type { CaseResult, LeftOut, Reporter, Verdict } from '../run/result.ts';
import { documentReporter } from './reporter.ts';
import { againText, escapeMarkup, mismatchText, notRunText, secondsText } from './words.ts';

export function junitReporter(path: string): Reporter {
  return documentReporter('--junit', path, junitXml);
}

const LEFT_OUT_SUITE = 'not run';

function junitXml(verdict: Verdict): string {
  const files = [...new Set(verdict.results.map((result) => result.file))];
  const suites = files.map((file) => suiteXml(file, verdict));
  const skipped = verdict.leftOut.length === 0 ? [] : [leftOutXml(verdict.leftOut, verdict)];
  const tests = verdict.results.length + verdict.leftOut.length;
  const counts = { tests, failures: verdict.failed, errors: verdict.errors };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'dps-emulator contracts', ...counts, time: seconds(verdict.realMs) })}>`,
    ...suites,
    ...skipped,
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteXml(file: string, verdict: Verdict): string {
  const results = verdict.results.filter((result) => result.file === file);
  const facts = {
    name: file,
    tests: results.length,
    failures: results.filter(({ outcome }) => outcome === 'failed').length,
    errors: results.filter(({ outcome }) => outcome === 'error').length,
    skipped: 0,
    time: seconds(results.reduce((sum, { realMs }) => sum + realMs, 0)),
    timestamp: verdict.startedAt.slice(0, 19),
  };
  return [
    `  <testsuite${attributes(facts)}>`,
    '    <properties>',
    `      <property${attributes({ name: 'seed', value: verdict.seed })}/>`,
    `      <property${attributes({ name: 'traceHash', value: verdict.traceHash ?? 'none' })}/>`,
    `      <property${attributes({ name: 'driver', value: verdict.driver })}/>`,
    '    </properties>',
    ...results.map((result) => testXml(result, verdict)),
    '  </testsuite>',
  ].join('\n');
}

function testXml(result: CaseResult, verdict: Verdict): string {
  const name = `${result.id} (${result.transport})`;
  const head = `    <testcase${attributes({ name, classname: result.file, time: seconds(result.realMs) })}`;
  if (result.outcome === 'passed') return `${head}/>`;
  const element = result.outcome === 'failed' ? 'failure' : 'error';
  const texts = [...(result.error === undefined ? [] : [result.error]), ...result.mismatches.map(mismatchText)];
  const story = [
    result.title,
    `requirement: ${result.requirement}`,
    `source: ${result.source} (${result.confidence})`,
    ...texts,
    `again: ${againText(result, verdict)}`,
  ];
  const type = result.outcome === 'failed' ? 'contract' : 'could-not-run';
  return [
    `${head}>`,
    `      <${element}${attributes({ message: texts[0] ?? '', type })}>${escapeXml(story.join('\n'))}</${element}>`,
    `      <system-out>${escapeXml(result.timeline.map(timelineText).join('\n'))}</system-out>`,
    '    </testcase>',
  ].join('\n');
}

function timelineText({ atSeconds, subject, text }: CaseResult['timeline'][number]): string {
  return `${secondsText(atSeconds)} ${subject ?? 'step'}: ${text}`;
}

function leftOutXml(leftOut: readonly LeftOut[], verdict: Verdict): string {
  const tests = leftOut.map(({ id, transport, why }) => {
    const name = transport === undefined ? id : `${id} (${transport})`;
    const head = `    <testcase${attributes({ name, classname: LEFT_OUT_SUITE, time: '0.000' })}>`;
    return `${head}<skipped${attributes({ message: notRunText(why) })}/></testcase>`;
  });
  const counts = { tests: leftOut.length, failures: 0, errors: 0, skipped: leftOut.length, time: '0.000' };
  const facts = { name: LEFT_OUT_SUITE, ...counts, timestamp: verdict.startedAt.slice(0, 19) };
  return [`  <testsuite${attributes(facts)}>`, ...tests, '  </testsuite>'].join('\n');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

/** What XML 1.0 cannot hold in any spelling becomes U+FFFD; line breaks in attributes must survive. */
export function escapeXml(text: string): string {
  const possible = text.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}');
  return escapeMarkup(possible).replace(/\r/g, '&#13;');
}
