import { Command } from "commander";
import { reviewCommand } from "./policy-review.ts";

/** `pressurevalve policy review` */
export function policyCommand(): Command {
  return new Command("policy")
    .description("judge finished objects by the policies")
    .addCommand(reviewCommand());
}
