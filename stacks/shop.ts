import { type Environment, type RenderedService, render, resolve } from "../constructs/index.ts";
import { services } from "../services/index.ts";

/**
 * The shop as it is in an environment: what synth writes and what Pulumi deploys.
 * @throws ProblemsError with every problem of every service.
 */
export function renderShop(environment: Environment): readonly RenderedService[] {
  return render(resolve(services, environment));
}
