import { Command } from "commander";
import { didYouMean } from "../constructs/model/problem.ts";
import type { Rule } from "../policies/rule.ts";
import { sheetOf } from "../stacks/delivery/policies/explain/sheet.ts";
import { sheetTable, sheetText } from "../stacks/delivery/policies/explain/text.ts";
import { rulesOf } from "../stacks/delivery/policies/shop-rules.ts";
import { Fault } from "../tools/fault.ts";
import { isColourful } from "../tools/terminal.ts";

/** `pressurevalve policy explain [rule]` */
export function explainRuleCommand(): Command {
  return new Command("explain")
    .description(
      "explain a rule: why it is there, what it looks at, what passes and what helps; or list all rules",
    )
    .argument("[rule]", "its id, as findings begin with; omitted: all are listed")
    .option("--json", "print it as JSON")
    .action(explained);
}

async function explained(id: string | undefined, { json }: { json?: true }): Promise<void> {
  const rules = await rulesOf();
  const found = id === undefined ? rules.map(sheetOf) : sheetOf(ruleOf(id, rules));
  if (json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (Array.isArray(found)) process.stdout.write(sheetTable(found));
  else process.stdout.write(sheetText(found, { colour: isColourful(process.stdout) }));
}

/** @throws Fault (exit code 1) with the rule that was meant */
function ruleOf(id: string, rules: readonly Rule[]): Rule {
  const known = rules.find((rule) => rule.id === id);
  if (known) return known;
  const meant = didYouMean(
    id,
    rules.map((rule) => rule.id),
    "pressurevalve policy explain lists all",
  );
  throw new Fault(`rule ${id || "without an id"} is unknown; ${meant}`, 1);
}
