/** The looks of the page: one column that fits a phone, in the colours that the reader's device prefers. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171c);
  --card: light-dark(#fff, #1d2229);
  --line: light-dark(#d9dee5, #353c47);
  --text: light-dark(#1c2430, #e4e8ee);
  --quiet: light-dark(#5b6675, #9aa5b4);
  --critical: light-dark(#8f1d4f, #ff8fc0);
  --high: light-dark(#b3261e, #ff8a80);
  --medium: light-dark(#8a5300, #ffc266);
  --low: light-dark(#37608f, #9cc4f2);
  --good: light-dark(#1b6e3c, #7fd6a1);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 60rem;
  background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1, h2, h3, p, ul { margin: 0; }
h1 { font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
h2::first-letter { text-transform: uppercase; }
h3 { display: flex; flex-wrap: wrap; gap: .25rem .5rem; align-items: center; font-size: 1rem; }
small, .day, .from, .note, th { color: var(--quiet); font-size: .85rem; font-weight: normal; }
code { font: .95em ui-monospace, monospace; }
a { color: inherit; }
header, article, form, .table {
  padding: .9rem 1rem; background: var(--card);
  border: 1px solid var(--line); border-radius: .6rem;
}
header { border-left: .4rem solid var(--good); }
header.fails { border-left-color: var(--high); }
header strong {
  padding: .1rem .5rem; border-radius: .3rem; background: var(--good); color: var(--card);
}
header.fails strong { background: var(--high); }
.note { margin-top: .5rem; }
form { display: grid; gap: .5rem; margin-top: 1rem; }
fieldset { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0; padding: 0; border: 0; }
legend { float: left; min-width: 5rem; padding: 0; color: var(--quiet); }
label { display: inline-flex; gap: .35rem; align-items: center; min-height: 1.75rem; cursor: pointer; }
article { margin-top: .6rem; }
.severity {
  padding: 0 .5rem; border: 1px solid currentcolor; border-radius: 1rem;
  font-size: .8rem; font-weight: 600;
}
.critical { color: var(--critical); }
.high { color: var(--high); }
.medium { color: var(--medium); }
.low { color: var(--low); }
mark { padding: 0 .4rem; border-radius: .3rem; background: var(--medium); color: var(--card); font-size: .8rem; }
.object { margin-top: .35rem; font: .9rem ui-monospace, monospace; }
.message { margin: .35rem 0; white-space: pre-wrap; unicode-bidi: isolate; }
.exemption { padding-left: .6rem; border-left: .2rem solid var(--line); }
.quiet article, .good .table { background: none; }
.table { overflow-x: auto; overflow-wrap: normal; }
table { border-collapse: collapse; }
th, td { padding: .15rem 1.25rem .15rem 0; text-align: left; vertical-align: top; }
td { white-space: nowrap; }
td:last-child { min-width: 14rem; white-space: normal; }
details { margin-top: .5rem; }
details > * + * { margin-top: .35rem; }
summary { color: var(--quiet); cursor: pointer; }
@media print {
  form { display: none; }
  article { break-inside: avoid; }
  h2 { break-after: avoid; }
  td { white-space: normal; }
  strong, mark { print-color-adjust: exact; }
  details::details-content { content-visibility: visible; }
}
`;
