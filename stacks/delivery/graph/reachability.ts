import type { Manifest } from "../../../constructs/index.ts";
import { authorization } from "./authorization.ts";
import type { LayerOf } from "./layer.ts";
import { egress, ingress } from "./network.ts";
import { common, type Opening } from "./opening.ts";
import { type Pod, podsOf } from "./pods.ts";
import { sidecar } from "./sidecar.ts";

/** One way from pods to pods that finished objects leave open. */
export interface Way {
  /** `<namespace>/<service>/<component>`, and `<namespace>/*` for pods that none of the objects makes. */
  readonly from: string;
  readonly to: string;
  /** `3000`, `53/UDP`, or `any`. */
  readonly port: string;
  /** What may be asked there, as `GET /items/{*}`; `any` where nothing but the port counts. */
  readonly requests: readonly string[];
}

/** What stands between two pods: each of these must let a request through. */
export const layers = {
  /** NetworkPolicies, at both ends. */
  network: (objects, others) => {
    const [out, into] = [egress(objects, others), ingress(objects, others)];
    return {
      between: (from, to) => common(out.between(from, to), into.between(from, to)),
      outside: (pod) => [...out.outside(pod), ...into.outside(pod)],
    };
  },
  /** What the caller's own proxy knows, and where it sends what. */
  sidecar,
  /** Who the callee's proxy allows to ask what. */
  authorization,
} satisfies Record<string, LayerOf>;

export type LayerName = keyof typeof layers;

/**
 * Every way between the pods of finished objects that each of the layers leaves open, and from pods of others, such as a
 * gateway's; it reads nothing but the objects, so it judges what somebody else has written just as well. A pod is not a
 * way to itself.
 */
export function reachability(
  objects: readonly Manifest[],
  through: readonly LayerName[] = Object.keys(layers) as LayerName[],
  others: readonly Pod[] = [],
): Way[] {
  const pods = podsOf(objects);
  const between = through.map((name) => layers[name](objects, others).between);
  return [...pods, ...others].flatMap((from) =>
    pods
      .filter((to) => to !== from)
      .flatMap((to) => {
        const [first = [], ...rest] = between.map((layer) => layer(from, to));
        return ways(from.id, to.id, rest.reduce<readonly Opening[]>(common, first));
      }),
  );
}

function ways(from: string, to: string, openings: readonly Opening[]): Way[] {
  return [...Map.groupBy(openings, ({ port }) => port)].map(([port, those]) => ({
    from,
    to,
    port,
    requests: [...new Set(those.map(({ request }) => request))].sort(),
  }));
}
