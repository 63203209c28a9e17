import type { Environment, Manifest, ResolvedService } from "../../../constructs/index.ts";
import { authorization } from "./authorization.ts";
import { type Declared, type DeclaredGraph, declaredGraph } from "./declared.ts";
import type { Layer, LayerOf } from "./layer.ts";
import { egress, ingress } from "./network.ts";
import { anything, covers } from "./opening.ts";
import { gatewayPods, type Pod, podsOf } from "./pods.ts";
import { sidecar } from "./sidecar.ts";
import { undecided } from "./undecided.ts";

/** Whether finished objects leave open what descriptions declare, and nothing besides. */
export interface Verification {
  readonly layers: readonly Verdict[];
  /** What nobody can decide from the objects, and so may open anything. */
  readonly undecided: readonly string[];
  /** Pods that are declared, and that no object makes. */
  readonly missing: readonly string[];
}

/** What one layer has of the call graph. */
export interface Verdict {
  readonly layer: string;
  /** How many ways are declared. */
  readonly declared: number;
  readonly openNotDeclared: readonly Declared[];
  readonly declaredNotOpen: readonly Declared[];
}

/** Each layer alone, for one that is too wide is held by the others only until somebody changes those. */
const layers: readonly {
  readonly name: string;
  readonly of: LayerOf;
  readonly graph: Exclude<keyof DeclaredGraph, "pods">;
  readonly inMesh: boolean;
}[] = [
  { name: "network, at the caller", of: egress, graph: "egress", inMesh: false },
  { name: "network, at the callee", of: ingress, graph: "ingress", inMesh: false },
  { name: "sidecar of the caller", of: sidecar, graph: "sidecar", inMesh: true },
  { name: "authorization at the callee", of: authorization, graph: "authorization", inMesh: true },
];

/**
 * Holds finished objects against the descriptions of an environment, layer by layer. `own` are the objects that the kit
 * renders: what no layer can read is trusted only if it is one of them.
 */
export function verify(
  objects: readonly Manifest[],
  services: readonly ResolvedService[],
  environment: Environment,
  own: readonly Manifest[] = objects,
): Verification {
  const gateways = environment.mesh.kind === "istio" ? gatewayPods(environment.gateway) : [];
  const declared = declaredGraph(services, environment, objects);
  const pods = new Set([...podsOf(objects), ...gateways].map(({ id }) => id));
  const missing = declared.pods.filter((pod) => !pods.has(pod));
  return {
    layers: layers
      .filter(({ inMesh }) => !inMesh || environment.mesh.kind === "istio")
      .map(({ name, of, graph }) =>
        verdict(
          name,
          openOf(of(objects, gateways), objects, of === egress ? [] : gateways),
          between(declared[graph], missing),
        ),
      ),
    undecided: undecided(objects, own),
    missing,
  };
}

export function isAsDeclared({ layers, undecided, missing }: Verification): boolean {
  return (
    undecided.length + missing.length === 0 &&
    layers.every(
      ({ openNotDeclared, declaredNotOpen }) => openNotDeclared.length + declaredNotOpen.length === 0,
    )
  );
}

/** Without what leads from or to pods that no object makes. */
function between(graph: readonly Declared[], missing: readonly string[]): Declared[] {
  return graph.filter(({ from, to }) => !missing.includes(from) && !missing.includes(to));
}

function openOf(layer: Layer, objects: readonly Manifest[], others: readonly Pod[]): Declared[] {
  const pods = podsOf(objects);
  const between = [...pods, ...others].flatMap((from) =>
    pods
      .filter((to) => to !== from)
      .flatMap((to) => layer.between(from, to).map((opening) => ({ from: from.id, to: to.id, ...opening }))),
  );
  const outside = pods.flatMap((pod) =>
    layer
      .outside(pod)
      .map(({ way, end, opening }) =>
        way === "to" ? { from: pod.id, to: end, ...opening } : { from: end, to: pod.id, ...opening },
      ),
  );
  return [...between, ...outside];
}

function verdict(layer: string, open: readonly Declared[], declared: readonly Declared[]): Verdict {
  const [opened, expected] = [byEnds(open), byEnds(declared)];
  const without = (some: readonly Declared[], others: ReadonlyMap<string, readonly Declared[]>) =>
    distinct(some).filter((one) => !(others.get(ends(one)) ?? []).some((other) => covers(other, one)));
  return {
    layer,
    declared: distinct(declared).length,
    openNotDeclared: summed(without(open, expected)),
    declaredNotOpen: without(declared, opened),
  };
}

function ends({ from, to }: Declared): string {
  return `${from} ${to}`;
}

function byEnds(some: readonly Declared[]): Map<string, readonly Declared[]> {
  return Map.groupBy(some, ends);
}

function distinct(some: readonly Declared[]): Declared[] {
  return [...new Map(some.map((one) => [JSON.stringify(one), one])).values()];
}

/** Who is open to everybody need not be said to be open to each. */
function summed(open: readonly Declared[]): Declared[] {
  const isEverything = (one: Declared) => covers(one, anything);
  const anywhere = new Set(
    open.filter((one) => one.to === "anywhere" && isEverything(one)).map(({ from }) => from),
  );
  const anyone = new Set(
    open.filter((one) => ["anyone", "anywhere"].includes(one.from) && isEverything(one)).map(({ to }) => to),
  );
  return open.filter(
    ({ from, to }) =>
      (!anywhere.has(from) || to === "anywhere") &&
      (!anyone.has(to) || from === "anyone" || from === "anywhere"),
  );
}
