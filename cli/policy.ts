import { Command } from "commander";
import { checkCommand } from "./policy-check.ts";
import { explainRuleCommand } from "./policy-explain.ts";
import { reviewCommand } from "./policy-review.ts";

/** `pressurevalve policy check|explain|review` */
export function policyCommand(): Command {
  return new Command("policy")
    .description("judge finished objects by the policies")
    .addCommand(checkCommand())
    .addCommand(explainRuleCommand())
    .addCommand(reviewCommand());
}
