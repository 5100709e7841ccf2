/** What a run leaves behind: JUnit for an independent parser, one line per event, one page, a verdict; never a secret. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCases } from '../../../contracts/case/read-cases.ts';
import { consoleReporter } from '../../../contracts/reporters/console.ts';
import { htmlReporter } from '../../../contracts/reporters/html.ts';
import { jsonReporter, ndjsonReporter, type VerdictDocument } from '../../../contracts/reporters/json.ts';
import { escapeXml, junitReporter } from '../../../contracts/reporters/junit.ts';
import type { Verdict } from '../../../contracts/run/result.ts';
import { runContracts } from '../../../contracts/run/run-contracts.ts';
import { deriveDeviceKey } from '../../../emulator/wire/symmetric-key.ts';
import { openPage } from '../support/browser.ts';
import { caseFolder, HEAD } from '../support/case-folder.ts';

/** Secrets of the cases below, in every spelling in which they could slip out. */
const GROUP_KEY = Buffer.from('the key of the group, as the portal makes it').toString('base64');
const FUNCTION_KEY = 'top/secret+function=key';
const PASSWORD = 'hunter2-hunter2';
const SECRETS = [
  GROUP_KEY,
  deriveDeviceKey(GROUP_KEY, 'device-1'),
  FUNCTION_KEY,
  encodeURIComponent(FUNCTION_KEY),
  PASSWORD,
];

const GIVEN = `given:
  extends: plain
  enrollmentGroups:
    - enrollmentGroupId: plain-group
      attestation: { type: symmetricKey, symmetricKey: { primaryKey: '${GROUP_KEY}' } }
  webhook:
    functionKey: '${FUNCTION_KEY}'
    answers: [{ kind: json, body: { iotHubHostName: alpha-hub.azure-devices.net, payload: { password: ${PASSWORD}, '<b>"&': "\\u0007 ${FUNCTION_KEY}" } } }]
device: { registrationId: device-1 }
`;

const CASES = `id: broken
${HEAD.replace('A title', `'A <script>alert("title")</script> & more'`)}row: 1
tags: [red]
${GIVEN}expect:
  status: failed
  hubDevice: { authentication: { symmetricKey: { primaryKey: '${GROUP_KEY}' } } }
  webhookRequests: [{ query: { code: another } }]
---
id: fine
${HEAD}${GIVEN}expect: { status: assigned }
---
id: unrunnable
${HEAD}given: { assume: { no-such: thing } }
device: { registrationId: d }
expect: { status: assigned }
---
id: elsewhere
transports: [https]
${HEAD}given: {}
device: { registrationId: d }
expect: { status: assigned }
`;

interface Reports {
  readonly verdict: Verdict;
  readonly junit: string;
  readonly ndjson: string;
  readonly html: string;
  readonly console: string;
  readonly json: VerdictDocument;
  readonly htmlPath: string;
}

let reports: Reports;
const cleanUps: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dps-emulator-reports-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const at = (name: string): string => join(folder, 'new', name);
  const lines: string[] = [];
  let json: VerdictDocument | undefined;
  const plain = (text: string): string => text;
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(folder, 'cases.yaml'), CASES);
  const { cases } = await readCases([folder]);
  const verdict = await runContracts(cases, {
    seed: 'reports',
    transports: ['mqtt', 'mqtt-ws'],
    reporters: [
      junitReporter(at('junit.xml')),
      ndjsonReporter(at('run.ndjson')),
      htmlReporter(at('run.html')),
      consoleReporter({
        print: (line) => lines.push(line),
        paint: { good: plain, bad: plain, strong: plain, faint: plain },
        printable: plain,
      }),
      jsonReporter((document) => {
        json = document;
      }),
    ],
  });
  if (json === undefined) throw new Error('no JSON verdict');
  reports = {
    verdict,
    json,
    junit: await readFile(at('junit.xml'), 'utf8'),
    ndjson: await readFile(at('run.ndjson'), 'utf8'),
    html: await readFile(at('run.html'), 'utf8'),
    console: lines.join('\n'),
    htmlPath: at('run.html'),
  };
});

describe('every report', () => {
  it.each(['junit', 'ndjson', 'html', 'console', 'json'] as const)('%s holds no secret', (name) => {
    const report = reports[name];
    const text = typeof report === 'string' ? report : JSON.stringify(report);
    expect(text).toContain('device-1');
    expect(text).toContain('****');
    for (const secret of SECRETS) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  it('cannot be written where it cannot be written, and nothing has been run then', async () => {
    const folder = await caseFolder({ 'a.yaml': CASES });
    const { cases } = await readCases([folder]);
    const reporters = [junitReporter(join(folder, 'a.yaml', 'junit.xml'))];
    await expect(runContracts(cases, { reporters })).rejects.toThrow('--junit: cannot be written');
  });
});

interface JUnitTest {
  readonly name: string;
  readonly classname: string;
  readonly time: string;
  readonly failure?: { readonly message: string; readonly type: string; readonly '#text': string };
  readonly error?: { readonly message: string; readonly type: string };
  readonly skipped?: { readonly message: string };
  readonly 'system-out'?: string;
}

interface JUnitSuite {
  readonly name: string;
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly skipped: string;
  readonly time: string;
  readonly timestamp: string;
  readonly testcase: readonly JUnitTest[];
  readonly properties?: { readonly property: readonly { readonly name: string; readonly value: string }[] };
}

function parseJUnit(): {
  readonly name: string;
  readonly tests: string;
  readonly failures: string;
  readonly errors: string;
  readonly testsuite: readonly JUnitSuite[];
} {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseAttributeValue: false,
    parseTagValue: false,
    isArray: (name) => ['testsuite', 'testcase', 'property'].includes(name),
  });
  return parser.parse(reports.junit, true).testsuites;
}

/** Elements and attributes of the schema that Jenkins publishes. */
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  testsuites: ['name', 'tests', 'failures', 'errors', 'time', 'disabled'],
  testsuite: [
    'name',
    'tests',
    'failures',
    'errors',
    'skipped',
    'time',
    'timestamp',
    'hostname',
    'id',
    'package',
    'disabled',
  ],
  testcase: ['name', 'classname', 'time', 'assertions', 'status'],
  failure: ['message', 'type'],
  error: ['message', 'type'],
  skipped: ['message', 'type'],
  property: ['name', 'value'],
  properties: [],
  'system-out': [],
};

describe('the JUnit report', () => {
  it('is well-formed, with no element and no attribute that the schema does not know', () => {
    expect(XMLValidator.validate(reports.junit)).toBe(true);
    for (const [, name = '', attributes = ''] of reports.junit.matchAll(/<([a-z-]+)((?: [a-z]+="[^"]*")*)\/?>/g)) {
      expect(Object.keys(ATTRIBUTES)).toContain(name);
      for (const [, attribute = ''] of attributes.matchAll(/ ([a-z]+)="/g)) {
        expect(ATTRIBUTES[name], `${attribute} of ${name}`).toContain(attribute);
      }
    }
  });

  it('counts what it holds', () => {
    const { testsuite: suites, ...root } = parseJUnit();
    expect(root).toMatchObject({ name: 'dps-emulator contracts', tests: '7', failures: '2', errors: '2' });
    expect(suites.map(({ name }) => name.replace(/.*\//, ''))).toEqual(['cases.yaml', 'not run']);
    for (const { tests, failures, errors, skipped, time, timestamp, testcase } of suites) {
      const count = (member: keyof JUnitTest): number => testcase.filter((test) => test[member] !== undefined).length;
      expect(testcase).toHaveLength(Number(tests));
      expect([count('failure'), count('error'), count('skipped')]).toEqual([failures, errors, skipped].map(Number));
      expect(time).toMatch(/^\d+\.\d{3}$/);
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    }
    expect(suites[0]?.properties?.property).toContainEqual({ name: 'seed', value: 'reports' });
  });

  it('tells of a failure what, why, and how to see it again', () => {
    const test = parseJUnit().testsuite[0]?.testcase.find(({ name }) => name === 'broken (mqtt)');
    expect(test?.failure?.message).toBe('expect.status: expected "failed", got "assigned"');
    expect(test?.failure?.['#text']).toContain('A <script>alert("title")</script> & more');
    expect(test?.failure?.['#text']).toContain('requirement: A requirement.');
    expect(test?.failure?.['#text']).toContain(
      'again: dps-emulator contracts run broken --transport mqtt --seed reports --cases …',
    );
    expect(test?.['system-out']).toContain('device-1: webhook call 1 answered 200, after ');
    const error = parseJUnit().testsuite[0]?.testcase.find(({ name }) => name === 'unrunnable (mqtt)')?.error;
    expect(error).toMatchObject({ type: 'could-not-run', message: expect.stringContaining('assume.no-such') });
  });

  it('says of what was left out that it was skipped, and why', () => {
    const [test] = parseJUnit().testsuite.at(-1)?.testcase ?? [];
    expect(test).toMatchObject({
      name: 'elsewhere',
      skipped: { message: 'not run, because it is not over mqtt, mqtt-ws' },
    });
  });

  it('holds no character that XML cannot hold', () => {
    const text = escapeXml('a\u0000\u0007\ud800<&>"\u{1F525}\r\n\t');
    expect(text).toBe('a\ufffd\ufffd\ufffd&lt;&amp;&gt;&quot;\u{1F525}&#13;\n\t');
    expect(XMLValidator.validate(`<a b="${text}">${text}</a>`)).toBe(true);
  });
});

describe('the NDJSON report', () => {
  it('has a document a line: the run, each case over each transport, the end', () => {
    const documents = reports.ndjson
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents.map(({ event }) => event)).toEqual([
      'run-started',
      ...Array(6).fill('case-finished'),
      'run-ended',
    ]);
    expect(documents[0]).toMatchObject({ seed: 'reports', cases: 3, runs: 6, driver: 'built-in device' });
    expect(documents.at(-1)).toMatchObject({
      passed: 2,
      failed: 2,
      errors: 2,
      exitCode: 1,
      traceHash: reports.verdict.traceHash,
    });
    const fine = documents.find(({ id, transport }) => id === 'fine' && transport === 'mqtt-ws');
    expect(fine).toMatchObject({ outcome: 'passed', requirement: 'A requirement.', source: 'a source', checks: 1 });
    expect(fine.timeline.length).toBeGreaterThan(3);
  });
});

describe('the JSON verdict', () => {
  it('has every result, and the story of those that did not pass', () => {
    expect(reports.json).toMatchObject({ exitCode: 1, passed: 2, failed: 2, errors: 2, seed: 'reports' });
    expect(reports.json.results.map(({ id, timeline }) => [id, timeline !== undefined])).toEqual([
      ['broken', true],
      ['broken', true],
      ['fine', false],
      ['fine', false],
      ['unrunnable', true],
      ['unrunnable', true],
    ]);
  });
});

describe('the console report', () => {
  it('has a line a case, then what is broken with requirement, source, expected, actual and timeline', () => {
    const text = reports.console;
    expect(text).toMatch(/^✓ fine {2}mqtt mqtt-ws$/m);
    expect(text).toMatch(/^✗ broken {2}mqtt mqtt-ws$/m);
    expect(text).toContain('BROKEN  broken over mqtt, mqtt-ws');
    expect(text).toContain('  requirement  A requirement.\n  source       a source (documented)');
    expect(text).toContain('  expect.status\n    expected  "failed"\n    actual    "assigned"\n');
    expect(text).toMatch(/^ {2}timeline\n +0 s {2}step {2}register device$/m);
    expect(text).toContain('COULD NOT RUN  unrunnable over mqtt, mqtt-ws');
    expect(text).toContain('not run, because it is not over mqtt, mqtt-ws: elsewhere');
    expect(text).toMatch(/2 passed, 2 broken, 2 could not be run in \d/);
    expect(text.trimEnd().split('\n').at(-1)).toBe(`seed reports, trace ${reports.verdict.traceHash}`);
  });
});

describe('the HTML report', () => {
  it('needs nothing but itself, and runs nothing', () => {
    expect(reports.html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(reports.html).not.toMatch(/<script|<link|<img|@import|url\(|\bon[a-z]+="/);
    expect(reports.html).toContain("default-src 'none'");
    expect(reports.html).toContain('A &lt;script&gt;alert(&quot;title&quot;)&lt;/script&gt; &amp; more');
    expect(reports.html).toContain('prefers-color-scheme: dark');
  });

  it('shows what is broken first and opened, what passed after it and closed', () => {
    const blocks = [...reports.html.matchAll(/<details class="case (\w+)"( open)?>/g)].map(([, outcome, open]) => [
      outcome,
      open !== undefined,
    ]);
    expect(blocks).toEqual([
      ['failed', true],
      ['failed', true],
      ['error', true],
      ['error', true],
      ['passed', false],
      ['passed', false],
    ]);
    expect(reports.html).toContain('<caption>Timeline, on the emulator&#39;s clock</caption>'.replace('&#39;', "'"));
  });

  it('is shown by a browser, opened with the keyboard, light and dark', async (context) => {
    const page = await openPage(reports.htmlPath);
    if (page === undefined) return context.skip('there is no /usr/bin/chromium on this machine');
    cleanUps.push(() => page.close());
    expect(await page.evaluate('document.title')).toContain('2 broken');
    expect(await page.evaluate("document.querySelector('#passed').getBoundingClientRect().height > 0")).toBe(true);
    const opens = "document.querySelector('details.passed').open";
    expect(await page.evaluate(opens)).toBe(false);
    await page.evaluate("document.querySelector('details.passed summary').focus()");
    await page.press('Enter');
    expect(await page.evaluate(opens)).toBe(true);
    const background = 'getComputedStyle(document.body).backgroundColor';
    await page.colorScheme('light');
    const light = await page.evaluate(background);
    await page.colorScheme('dark');
    expect(await page.evaluate(background)).not.toBe(light);
    expect(await page.problems()).toEqual([]);
  });
});
