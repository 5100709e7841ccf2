/** The page's own style: light or dark as the reader's system is, and everything reachable with the keyboard. */
export const HTML_STYLE = `
:root { --text: #1b1f24; --faint: #57606a; --page: #ffffff; --block: #f6f8fa; --line: #d0d7de; --good: #0f6b2f; --bad: #a4161a; --focus: #0550ae; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --faint: #9aa4af; --page: #0d1117; --block: #161b22; --line: #30363d; --good: #56d364; --bad: #ff7b72; --focus: #79c0ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 70rem; color: var(--text); background: var(--page); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .75rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
code, pre, .id, .over { font-family: ui-monospace, monospace; font-size: .875em; overflow-wrap: anywhere; }
a { color: var(--focus); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: .5rem; padding: .25rem .75rem; background: var(--page); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
.facts dt { color: var(--faint); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.mark { font-weight: 600; }
.mark.passed { color: var(--good); }
.mark.broken { color: var(--bad); }
.count, .over, .source { color: var(--faint); font-weight: normal; }
.case { border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: 0 .75rem; }
.case.failed, .case.error { border-left: .3rem solid var(--bad); }
.case[open] { padding-bottom: .75rem; }
summary { cursor: pointer; padding: .45rem 0; }
summary .id { font-weight: 600; }
.requirement { margin: .25rem 0; }
.source { margin: .25rem 0 .75rem; font-size: .875rem; }
.error { color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .5rem 0 1rem; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem; border-top: 1px solid var(--line); font-weight: normal; }
thead th { color: var(--faint); }
.mismatches td:nth-child(2) { color: var(--good); }
.mismatches td:nth-child(3) { color: var(--bad); }
.timeline .good { color: var(--good); }
.timeline .bad { color: var(--bad); }
.timeline .quiet { color: var(--faint); }
.at { white-space: nowrap; font-variant-numeric: tabular-nums; }
.who { min-width: 9rem; max-width: 16rem; overflow-wrap: anywhere; }
pre { margin: .25rem 0 0; padding: .5rem; background: var(--block); white-space: pre-wrap; overflow-wrap: anywhere; }
@media print { .case { break-inside: avoid; } }
`;
