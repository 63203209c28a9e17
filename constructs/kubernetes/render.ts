import { App } from "cdk8s";
import { ProblemsError } from "../model/problem.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { ServiceChart } from "./chart.ts";
import type { RenderedService } from "./manifest.ts";

/**
 * Renders services, one chart each. `add` may put further cdk8s constructs into a service's chart:
 * `(chart) => { if (chart.service.name === "order") new KubeIngress(chart, "ingress", { … }) }`.
 * @throws ProblemsError with the problems of all charts together.
 */
export function render(
  services: readonly ResolvedService[],
  add: (chart: ServiceChart) => void = () => {},
): readonly RenderedService[] {
  // An App each: cdk8s walks the whole App for every chart that it synthesises, and no chart depends on another.
  const rendered = services.map((service) =>
    attempt(() => renderChart(new ServiceChart(new App(), service), add)),
  );
  const problems = rendered.flatMap((result) => (result instanceof ProblemsError ? result.problems : []));
  if (problems.length > 0) throw new ProblemsError(problems);
  return rendered as RenderedService[];
}

function renderChart(chart: ServiceChart, add: (chart: ServiceChart) => void): RenderedService {
  add(chart);
  return chart.render();
}

function attempt<Value>(action: () => Value): Value | ProblemsError {
  try {
    return action();
  } catch (error) {
    if (error instanceof ProblemsError) return error;
    throw error;
  }
}
