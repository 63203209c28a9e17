import { type Environment, type Pitfall, pitfalls, resolve } from "../../constructs/index.ts";
import { today } from "../../policies/judgement/verdict.ts";
import type { Shop } from "./shop.ts";

/**
 * The pitfalls of a shop in an environment, as of today.
 * @throws ProblemsError with every problem of every service.
 */
export function pitfallsOf(
  { services }: Pick<Shop, "services">,
  environment: Environment,
): readonly Pitfall[] {
  return pitfalls(resolve(services, environment), today());
}
