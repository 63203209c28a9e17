import type { Manifest } from "../../../constructs/index.ts";
import { isWorkload } from "../../../constructs/kubernetes/rollout.ts";
import { didYouMean } from "../../../constructs/model/problem.ts";
import { Fault } from "../../../tools/fault.ts";
import { expectKnown } from "../../../tools/known.ts";
import { expectShop } from "../exported-shop.ts";
import { Explainer } from "./explain.ts";
import type { Explanation } from "./explanation.ts";
import { at, find, leaves, type Path } from "./path.ts";
import { type TracedShop, traceShop } from "./traced-shop.ts";

export type { Explanation, Source } from "./explanation.ts";
export type { Line } from "./sources.ts";
export { explanationText } from "./text.ts";

/** A field of a service in an environment. */
export interface Question {
  readonly service: string;
  readonly environment: string;
  /** Such as `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** Such as `StatefulSet/order-database`. Omitted: the workload if it has the field, else the first object that has. */
  readonly object?: string;
}

interface Answer {
  /** Of the field, or of every field beneath it. */
  readonly explanations: readonly Explanation[];
  /** Other objects that have the field. */
  readonly elsewhere: readonly string[];
}

/**
 * Says where a field comes from.
 * @param shop file that exports `shop`
 * @throws Fault (exit code 1) with what was meant by a name that is wrong
 */
export async function explain(
  shop: string,
  { service, environment, path, object }: Question,
): Promise<Answer> {
  const traced = await traceShop(shop);
  const explainer = explainerOf(traced, service, environment);
  const objects = object === undefined ? explainer.objects : [named(object, explainer.objects)];
  const [found, ...others] = having(objects, path, service);
  const fields = leaves(at(found.object, found.path), found.path).map((leaf) => ({
    object: found.object,
    path: leaf,
  }));
  return {
    explanations: explainer.explain(fields),
    elsewhere: others.map((other) => nameOf(other.object, explainer.objects)),
  };
}

function explainerOf(traced: TracedShop, service: string, environment: string): Explainer {
  const { services, environments } = expectShop(traced.shop());
  expectKnown("environment", environment, Object.keys(environments));
  expectKnown(
    "service",
    service,
    services.map(({ name }) => name),
  );
  try {
    return new Explainer(traced, service, environment);
  } catch (error) {
    // The class of a second loading is another one than that of the first.
    if (error instanceof Error && error.name === "ProblemsError") throw new Fault(error.message, 1);
    throw error;
  }
}

interface Found {
  readonly object: Manifest;
  readonly path: Path;
}

/** The objects that have a field, the workload first. */
function having(objects: readonly Manifest[], path: string, service: string): [Found, ...Found[]] {
  const [workloads, others] = [objects.filter(isWorkload), objects.filter((object) => !isWorkload(object))];
  const misses: Fault[] = [];
  const found = [...workloads, ...others].flatMap((object) => {
    try {
      return { object, path: find(object, path, nameOf(object)) };
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      misses.push(error);
      return [];
    }
  });
  const [first, ...rest] = found;
  if (first) return [first, ...rest];
  throw misses[0] ?? new Fault(`${service} has no objects; choose another service`, 1);
}

/** `Job/order-migration` finds the Job whose name goes on with a digest of its content. */
function named(name: string, objects: readonly Manifest[]): Manifest {
  const found =
    objects.find((object) => nameOf(object, objects) === name || nameOf(object) === name) ??
    objects.find((object) => nameOf(object).startsWith(`${name}-`)) ??
    objects.find(({ kind }) => kind === name);
  if (found) return found;
  const names = objects.map((object) => nameOf(object, objects));
  throw new Fault(
    `object ${name} is unknown; ${didYouMean(name, names, `there are ${names.join(", ")}`)}`,
    1,
  );
}

/** `NetworkPolicy/from-order`; where others are called the same, `NetworkPolicy/dev-payment/from-order`. */
function nameOf({ kind, metadata: { namespace, name } }: Manifest, among: readonly Manifest[] = []): string {
  const namesakes = among.filter((one) => one.kind === kind && one.metadata.name === name);
  return [kind, ...(namesakes.length > 1 && namespace ? [namespace] : []), name].join("/");
}
