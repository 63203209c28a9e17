import { spellObject } from "../../../../policies/judgement/judge.ts";
import type { Reference, Rule } from "../../../../policies/rule.ts";
import {
  account,
  notes,
  type Section,
  spellBefore,
  spellExemption,
  spellPlace,
  summary,
  title,
} from "./account.ts";
import { type Filter, filtersOf } from "./html-filters.ts";
import { style } from "./html-style.ts";
import { passes, type Review, type ReviewedFinding } from "./review.ts";

/**
 * The review as one page that stands alone: it loads nothing and runs no script, so that it also opens from a mail or
 * from what a CI run keeps. Words of the shop stand only where text stands, never in a style, a class or an id.
 */
export function asHtml(review: Review): string {
  const filters = filtersOf(review.findings);
  const name = text(title(review));
  const verdict = passes(review) ? "passes" : "fails";
  const rules = new Map(review.rules.map((rule) => [rule.id, rule]));
  return lines(
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>Policies: ${name}</title>`,
    `<style>${style}${filters.map(hiding).join("")}</style>`,
    "</head>",
    "<body>",
    `<header class="${verdict}">`,
    `<p class="day">Policy review of ${text(review.today)}</p>`,
    `<h1>${name}</h1>`,
    `<p><strong>${verdict}</strong> ${text(summary(review))}</p>`,
    ...notes(review).map((note) => `<p class="note">${text(note)}.</p>`),
    "</header>",
    ...(filters.length > 0 ? ["<form>", ...filters.map(fieldset), "</form>"] : []),
    "<main>",
    ...account(review).map((section) => sectionOf(section, filters, rules, review.today)),
    "</main>",
    "</body>",
    "</html>",
    "",
  );
}

/** `:has()` asks the inputs without a script: https://developer.mozilla.org/docs/Web/CSS/:has */
function hiding({ choices }: Filter): string {
  return choices.map(({ id }) => `body:has(#${id}:not(:checked)) .${id}{display:none}\n`).join("");
}

function fieldset({ legend, choices }: Filter): string {
  const inputs = choices.map(
    ({ id, label, count }) =>
      `<label><input type="checkbox" id="${id}" checked> ${text(label)} <small>${count}</small></label>`,
  );
  return lines(`<fieldset><legend>${text(legend)}</legend>`, ...inputs, "</fieldset>");
}

function sectionOf(
  section: Section,
  filters: readonly Filter[],
  rules: ReadonlyMap<string, Rule>,
  today: string,
): string {
  const { heading, tone, rows, findings } = section;
  return lines(
    `<section class="${tone}">`,
    `<h2>${text(heading)} <small>${rows.length}</small></h2>`,
    ...(findings
      ? findings.map((finding) => card(finding, filters, rules.get(finding.rule), today))
      : [tableOf(section)]),
    "</section>",
  );
}

function card(
  finding: ReviewedFinding,
  filters: readonly Filter[],
  rule: Rule | undefined,
  today: string,
): string {
  const { severity, object, message, service, owner, place, exemption } = finding;
  const classes = filters.flatMap(({ idOf }) => idOf(finding));
  const before = spellBefore(finding);
  const from = [service, owner && `owned by ${owner}`, spellPlace(place)].filter(Boolean).join(", ");
  return lines(
    `<article class="${classes.join(" ")}">`,
    `<h3><span class="severity ${severity}">${severity}</span> <code>${text(finding.rule)}</code>${before && ` <mark>${before}</mark>`}</h3>`,
    `<p class="object">${text(spellObject(object))}</p>`,
    `<p class="message">${text(message)}</p>`,
    ...(exemption ? [`<p class="exemption">Exempted: ${text(spellExemption(exemption, today))}</p>`] : []),
    ...(from === "" ? [] : [`<p class="from">${text(from)}</p>`]),
    ...(rule ? [explanation(rule)] : []),
    "</article>",
  );
}

function explanation({ title, reason, remedy, references }: Rule): string {
  return lines(
    `<details><summary>${text(title)}</summary>`,
    `<p>${text(reason)}</p>`,
    `<p><strong>Remedy.</strong> ${text(remedy)}</p>`,
    `<ul>${references.map((reference) => `<li>${link(reference)}</li>`).join("")}</ul>`,
    "</details>",
  );
}

/** Nothing else than a web page is linked. */
function link({ title, url }: Reference): string {
  if (!/^https?:\/\//.test(url)) return `${text(title)}: ${text(url)}`;
  return `<a href="${text(url)}" rel="noreferrer">${text(title)}</a>`;
}

/** Columns in which nothing stands are left out. A narrow page scrolls the table, which a keyboard must reach. */
function tableOf({ heading, columns, sentence, rows }: Section): string {
  const all = [[...columns, sentence], ...rows.map((row) => [...row.cells, row.sentence])];
  const used = columns
    .concat(sentence)
    .map((_, column) => all.slice(1).some((cells) => cells[column] !== ""));
  const [head = [], ...body] = all.map((cells) => cells.filter((_, column) => used[column]).map(text));
  return lines(
    `<div class="table" tabindex="0" role="region" aria-label="${text(heading)}">`,
    "<table>",
    `<tr>${head.map((cell) => `<th scope="col">${cell}</th>`).join("")}</tr>`,
    ...body.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`),
    "</table>",
    "</div>",
  );
}

function lines(...all: readonly string[]): string {
  return all.join("\n");
}

/** Text, in an element or in a quoted attribute. What HTML may not hold becomes the sign for that. */
function text(words: string): string {
  return words
    .toWellFormed()
    .replace(/(?![\t\n])[\p{Cc}\p{Noncharacter_Code_Point}]/gu, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
