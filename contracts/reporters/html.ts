/** The run as one page that needs nothing but itself: no script, no font, no picture from anywhere. */
import type { CaseResult, Mismatch, Reporter, TimelineEntry, Verdict } from '../run/result.ts';
import { HTML_STYLE } from './html-style.ts';
import { documentReporter } from './reporter.ts';
import { againText, countsText, escapeMarkup, leftOutByReason, notRunText, secondsText, valueText } from './words.ts';

export function htmlReporter(path: string): Reporter {
  return documentReporter('--html', path, htmlPage);
}

function htmlPage(verdict: Verdict): string {
  const broken = verdict.results.filter(({ outcome }) => outcome !== 'passed');
  const passed = verdict.results.filter(({ outcome }) => outcome === 'passed');
  const word = verdict.exitCode === 0 ? 'passed' : 'broken';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(`Contracts: ${countsText(verdict)}`)}</title>
<style>${HTML_STYLE}</style>
</head>
<body>
<a class="skip" href="#results">Skip to the results</a>
<header>
<h1>DPS contracts <span class="mark ${word}">${escapeMarkup(countsText(verdict))}</span></h1>
${factsList(verdict)}
</header>
<main id="results">
${broken.length === 0 ? '' : section('Broken', broken, verdict, true)}
${section('Passed', passed, verdict, false)}
${leftOutSection(verdict)}
</main>
</body>
</html>
`;
}

function factsList(verdict: Verdict): string {
  const facts: readonly (readonly [string, string])[] = [
    ['Device', verdict.driver],
    ...(verdict.webhook === undefined ? [] : [['Webhook', verdict.webhook] as const]),
    ['Runs', `${verdict.runs} of ${verdict.cases} cases, in ${secondsText(verdict.realMs / 1000)}`],
    ['Began', verdict.startedAt],
    ['Seed', verdict.seed],
    ['Target', verdict.target],
    ['Trace', verdict.traceHash ?? 'none: this target repeats no run'],
  ];
  const rows = facts.map(([name, value]) => `<dt>${name}</dt><dd>${escapeMarkup(value)}</dd>`);
  return `<dl class="facts">${rows.join('')}</dl>`;
}

function section(title: string, results: readonly CaseResult[], verdict: Verdict, isOpen: boolean): string {
  const id = title.toLowerCase();
  if (results.length === 0) return '';
  return `<section aria-labelledby="${id}">
<h2 id="${id}">${title} <span class="count">${results.length}</span></h2>
${results.map((result) => caseBlock(result, verdict, isOpen)).join('\n')}
</section>`;
}

function caseBlock(result: CaseResult, verdict: Verdict, isOpen: boolean): string {
  const { id, transport, title, outcome, row } = result;
  const word = outcome === 'passed' ? 'passed' : outcome === 'failed' ? 'broken' : 'could not run';
  const tags = [...(row === undefined ? [] : [`row ${row}`]), ...result.tags];
  return `<details class="case ${outcome}"${isOpen ? ' open' : ''}>
<summary><span class="mark ${outcome === 'passed' ? 'passed' : 'broken'}">${word}</span> <span class="id">${escapeMarkup(id)}</span> <span class="over">${escapeMarkup(transport)}</span> <span class="title">${escapeMarkup(title)}</span></summary>
<p class="requirement">${escapeMarkup(result.requirement)}</p>
<p class="source">${escapeMarkup(result.source)} · ${result.confidence} · ${escapeMarkup(`${result.file}:${result.line}`)}${tags.length === 0 ? '' : ` · ${escapeMarkup(tags.join(', '))}`}</p>
${result.error === undefined ? '' : `<p class="error">${escapeMarkup(result.error)}</p>`}
${mismatchTable(result.mismatches)}
${timelineTable(result.timeline)}
${outcome === 'passed' ? '' : `<p>Again: <code>${escapeMarkup(againText(result, verdict))}</code></p>`}
</details>`;
}

function mismatchTable(mismatches: readonly Mismatch[]): string {
  if (mismatches.length === 0) return '';
  const rows = mismatches.map(({ path, expected, actual, says }) => {
    const where = `<th scope="row"><code>${escapeMarkup(path)}</code>${says === undefined ? '' : `<br>${escapeMarkup(says)}`}</th>`;
    if (expected === undefined && actual === undefined) return `<tr>${where}<td></td><td></td></tr>`;
    const cells = [expected, actual].map((value) => `<td><code>${escapeMarkup(valueText(value))}</code></td>`);
    return `<tr>${where}${cells.join('')}</tr>`;
  });
  return `<div class="wide"><table class="mismatches"><caption>What differs</caption><thead><tr><th scope="col">Where</th><th scope="col">Expected</th><th scope="col">Actual</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function timelineTable(timeline: readonly TimelineEntry[]): string {
  if (timeline.length === 0) return '';
  const rows = timeline.map(({ atSeconds, subject, text, tone = 'neutral', detail }) => {
    const body = detail === undefined ? '' : `<pre>${escapeMarkup(detail)}</pre>`;
    const who = subject === undefined ? '<b>step</b>' : escapeMarkup(subject);
    return `<tr><td class="at">${secondsText(atSeconds)}</td><td class="who">${who}</td><td class="${tone}">${escapeMarkup(text)}${body}</td></tr>`;
  });
  return `<div class="wide"><table class="timeline"><caption>Timeline, on the emulator's clock</caption><thead><tr><th scope="col">At</th><th scope="col">Who</th><th scope="col">What</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function leftOutSection({ leftOut }: Verdict): string {
  if (leftOut.length === 0) return '';
  const items = [...leftOutByReason(leftOut)].map(([why, names]) => {
    return `<li>${escapeMarkup(notRunText(why))}: ${names.map((name) => `<code>${escapeMarkup(name)}</code>`).join(', ')}</li>`;
  });
  return `<section aria-labelledby="not-run"><h2 id="not-run">Not run <span class="count">${leftOut.length}</span></h2><ul>${items.join('')}</ul></section>`;
}
