import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rules } from "../../policies/rules/index.ts";
import { podKinds, pods } from "../../policies/rules/pods.ts";
import {
  dedented,
  describeInForce,
  describeMatch,
  describeParameters,
  describePlaces,
  type RuleSheet,
  sheetOf,
} from "../../stacks/delivery/policies/explain/sheet.ts";
import { expressions } from "../../stacks/delivery/policies/explain/text.ts";

const folder = join(import.meta.dirname, "../../policies/rules");

/** docs/policies.md: every rule with its reason, its remedy and its examples, by the folders that they lie in. */
export function policyCatalogue(): string {
  const sheets = rules.map((rule): Catalogued => ({ ...sheetOf(rule), folder: folderOf(rule.id) }));
  const chapters = [...Map.groupBy(sheets, (sheet) => sheet.folder)];
  const inCluster = sheets.filter(({ inForce }) => inForce.includes("cluster")).length;
  return [
    "<!-- Written by `npm run docs` from the rules in policies/rules/; change those. -->",
    "# Policies",
    `${sheets.length} rules over finished Kubernetes objects, each written once, in CEL. All of them judge what is rendered (\`synth\`, \`policy check\`) and what Pulumi is about to deploy (\`preview\`). ${inCluster} of them also judge in the cluster, whoever sends the object, as ValidatingAdmissionPolicies; the others compare several objects, and the API server shows a policy one at a time.`,
    "How to judge manifests of any origin: [check policies](tasks/check-policies.md). At a terminal `npx pressurevalve policy explain <rule>` tells the same as this page.",
    chapters.map(([name, members]) => `- [${titleOf(name)}](#${name}): ${members.length}`).join("\n"),
    podsSection(),
    ...chapters.flatMap(([name, members]) => [
      `## ${titleOf(name)}`,
      table(members),
      ...members.map(section),
    ]),
    "",
  ]
    .join("\n\n")
    .trimEnd()
    .concat("\n");
}

/** What most rules look at, said once. */
function podsSection(): string {
  return [
    "## Pods",
    "A rule about pods judges each pod template, wherever it stands, and in it all containers: init containers, native sidecars, and those that join to debug.",
    podKinds.map((match) => `- \`${describeMatch(match)}\``).join("\n"),
    unfolding("variables.pods", block("cel", dedented(pods.expression))),
  ].join("\n\n");
}

interface Catalogued extends RuleSheet {
  /** `mesh` */
  readonly folder: string;
}

function folderOf(id: string): string {
  const found = readdirSync(folder, { withFileTypes: true }).find(
    (entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).includes(`${id}.ts`),
  );
  if (found === undefined)
    throw new Error(`no folder of policies/rules/ holds ${id}.ts; name the rule's file by its id`);
  return found.name;
}

/** `Supply chain` */
function titleOf(name: string): string {
  const words = name.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function table(members: readonly Catalogued[]): string {
  const rows = members.map(
    (sheet) =>
      `| [${sheet.id}](#${sheet.id}) | ${sheet.severity} | ${describeInForce(sheet)} | ${prose(sheet.title)} |`,
  );
  return ["| rule | severity | in force at | promise |", "|---|---|---|---|", ...rows].join("\n");
}

function section(sheet: Catalogued): string {
  const { id, title, reason, remedy, severity, references, matchConstraints, readsNeighbours } = sheet;
  const judgesPods = podKinds.every((match) => matchConstraints.includes(match));
  const others = matchConstraints.filter((match) => !(judgesPods && podKinds.includes(match)));
  const looksAt = [
    ...(judgesPods ? ["[pods, and whatever makes them](#pods)"] : []),
    ...others.map((match) => `\`${describeMatch(match)}\``),
  ].join("; ");
  return [
    `### ${id}`,
    `**${prose(title)}** ${prose(reason)}`,
    `Remedy: ${prose(remedy)}`,
    [
      `- Severity: ${severity}`,
      `- In force at: ${describePlaces(sheet)}`,
      `- Looks at: ${looksAt}${readsNeighbours ? "; and at the other objects that are judged with it" : ""}`,
      ...describeParameters(sheet).map((parameter) => `- In its examples, the parameter ${parameter}`),
      `- Comes from: ${references.map(({ title: name, url }) => `[${name}](${url})`).join("; ")}`,
      `- Written in: [policies/rules/${sheet.folder}/${id}.ts](../policies/rules/${sheet.folder}/${id}.ts)`,
    ].join("\n"),
    unfolding("Passes", block("yaml", sheet.examples.pass.map((text) => text.trim()).join("\n---\n"))),
    unfolding("Fails", block("yaml", sheet.examples.fail.map((text) => text.trim()).join("\n---\n"))),
    unfolding(
      "In CEL",
      block(
        "cel",
        expressions(sheet)
          .filter(([, text]) => text !== pods.expression)
          .map(([name, text]) => `// ${name}\n${dedented(text)}`)
          .join("\n\n"),
      ),
    ),
  ].join("\n\n");
}

function block(language: string, text: string): string {
  return [`\`\`\`${language}`, text, "```"].join("\n");
}

function unfolding(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** What Markdown would take for HTML or for emphasis. */
function prose(text: string): string {
  return text.replaceAll("<", "&lt;").replaceAll(/[*|]/g, "\\$&");
}
