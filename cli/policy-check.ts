import { Command } from "commander";
import { type Settings, today } from "../policies/judgement/verdict.ts";
import type { Rule } from "../policies/rule.ts";
import { type Check, check, passes } from "../stacks/delivery/policies/check/check.ts";
import { checkText } from "../stacks/delivery/policies/check/text.ts";
import { policySettings } from "../stacks/delivery/policies/judgement.ts";
import { rulesOf } from "../stacks/delivery/policies/shop-rules.ts";
import { readObjects } from "../stacks/delivery/yaml/reading.ts";
import { describeProblem } from "../stacks/delivery/yaml/stream.ts";
import { Fault } from "../tools/fault.ts";
import { isColourful } from "../tools/terminal.ts";
import { filled } from "./against.ts";
import { environmentOf, loadShop } from "./loaded-shop.ts";

interface CheckOptions {
  readonly stack?: string;
  readonly json?: true;
}

/** `pressurevalve policy check <files...> [-s <environment>]` */
export function checkCommand(): Command {
  return new Command("check")
    .description("judge objects by the policies: YAML or JSON, written by hand, by Helm or by anything else")
    .argument("<files...>", "files, folders, or - for stdin; all objects are judged together", named)
    .option(
      "-s, --stack <environment>",
      "judge by its levels, parameters and exemptions; omitted: every rule is mandatory",
    )
    .option("--json", "print what was found as JSON")
    .action(checked);
}

const expectFilled = filled("the name of a file", "a file of YAML or JSON, a folder of them, or - for stdin");

function named(file: string, before: readonly string[] = []): readonly string[] {
  if (file === "-" && before.includes(file))
    throw new Fault("- is named twice; what a program writes can be read once, so name it once", 1);
  return [...before, expectFilled(file)];
}

async function checked(files: readonly string[], { stack: environment, json }: CheckOptions): Promise<void> {
  const rules = await rulesOf();
  const settings = await settingsOf(environment, rules);
  const found = check(rules, await readObjects(files), settings);
  const read = files.map((file) => (file === "-" ? "stdin" : file)).join(", ");
  const title = environment ? `${read}, as ${environment}` : read;
  if (json) process.stdout.write(`${JSON.stringify(documentOf(found, environment), null, 2)}\n`);
  else if (found.objects > 0)
    process.stdout.write(checkText(title, found, { colour: isColourful(process.stdout) }));
  // What is only judged in part has not passed, and what failed of it is told all the same.
  if (found.problems.length > 0) throw new Fault(found.problems.map(describeProblem).join("\n"), 1);
  if (!passes(found)) process.exitCode = 2;
}

async function settingsOf(environment: string | undefined, rules: readonly Rule[]): Promise<Settings> {
  if (environment !== undefined) return policySettings(environmentOf(await loadShop(), environment), rules);
  return { level: "mandatory", today: today() };
}

function documentOf(found: Check, environment: string | undefined): object {
  return {
    ...(environment && { environment }),
    passes: passes(found) && found.problems.length === 0,
    ...found,
  };
}
