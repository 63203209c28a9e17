import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Rule } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";
import {
  describeProblem,
  problemsOf,
  type RuleFile,
  type RuleProblem,
} from "../../../policies/soundness/index.ts";
import { Fault } from "../../../tools/fault.ts";
import { isKit, shopRoot } from "../../../tools/shop-root.ts";

const loaded = new Map<string, Promise<readonly Rule[]>>();

/**
 * The kit's rules, and those of the shop in a folder: each file that lies in its `policies/` gives out one by default. In the kit's
 * own repository that folder is the kit's.
 *
 * @throws Fault (exit code 1) with everything that is wrong with the shop's rules
 */
export function rulesOf(root: string = shopRoot): Promise<readonly Rule[]> {
  const known = loaded.get(root) ?? load(root);
  loaded.set(root, known);
  return known;
}

async function load(root: string): Promise<readonly Rule[]> {
  if (isKit(root)) return expectNoStrays(root);
  const files = await ruleFiles(root);
  const own = files.filter((file) => typeof file !== "string");
  const broken = files.filter((file) => typeof file === "string");
  const problems = [...problemsOf(own, rules), ...own.flatMap(misnamed)].map(describeProblem);
  if (broken.length + problems.length > 0) throw new Fault([...broken, ...problems].join("\n"), 1);
  return [...rules, ...own.map(({ rule }) => rule as Rule)];
}

/** In the kit's own repository a rule that lies as a shop's would judge nobody, and nobody would be told. */
async function expectNoStrays(root: string): Promise<readonly Rule[]> {
  const names = (await readdir(join(root, "policies"))).filter((name) => name.endsWith(".ts"));
  const texts = await Promise.all(names.map((name) => readFile(join(root, "policies", name), "utf8")));
  const strays = names.filter((_, at) => /^export default /m.test(texts[at] ?? ""));
  if (strays.length === 0) return rules;
  const problems = strays.map(
    (name) =>
      `policies/${name}: in the kit's own repository rules lie in policies/rules/, and policies/rules/index.ts lists them; move it there, or write it in a shop of its own (pressurevalve init)`,
  );
  throw new Fault(problems.join("\n"), 1);
}

/** The files, and in place of each that is no TypeScript that runs what is wrong with it. */
async function ruleFiles(root: string): Promise<(RuleFile | string)[]> {
  const folder = join(root, "policies");
  if (!existsSync(folder)) return [];
  const files = (await readdir(folder)).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return Promise.all(files.sort().map((file) => ruleFile(folder, file)));
}

async function ruleFile(folder: string, file: string): Promise<RuleFile | string> {
  try {
    const { default: rule } = await import(pathToFileURL(join(folder, file)).href);
    return { file: `policies/${file}`, rule };
  } catch (error) {
    const [first] = (error instanceof Error ? error.message : String(error)).trim().split("\n");
    return `policies/${file}: cannot be loaded: ${first}; mend the file`;
  }
}

/** One rule, one file: whoever reads of a rule finds it. */
function misnamed({ file, rule }: RuleFile): RuleProblem[] {
  const id = (rule as Rule | undefined)?.id;
  if (typeof id !== "string" || basename(file) === `${id}.ts`) return [];
  return [
    { file, rule: id, field: "id", message: `the file of a rule is named after it; rename it to ${id}.ts` },
  ];
}
