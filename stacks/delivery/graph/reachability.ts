import type { Manifest } from "../../../constructs/index.ts";
import { admitted } from "./admitted.ts";
import { authorized } from "./authorized.ts";
import { known } from "./known.ts";
import { type Pod, podsOf } from "./pods.ts";

/** One way from pods to pods that finished objects leave open. */
export interface Way {
  /** `<namespace>/<service>/<component>` */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** What may be asked there, as `GET /items/{*}`; `any` where nothing but the port counts. */
  readonly requests: readonly string[];
}

/** What stands between two pods: each of these must let a request through. */
export const layers = {
  /** NetworkPolicies, at both ends. */
  network: (objects: readonly Manifest[], from: Pod, to: Pod, port: number) =>
    admitted(objects, from, to, port) ? ["any"] : [],
  /** What the caller's own proxy knows. */
  sidecar: (objects: readonly Manifest[], from: Pod, to: Pod, port: number) =>
    known(objects, from, to, port) ? ["any"] : [],
  /** Who the callee's proxy allows to ask what. */
  authorization: authorized,
} as const;

export type Layer = keyof typeof layers;

/**
 * Every way between the pods of finished objects that each of the layers leaves open, and from pods of others, such as a
 * gateway's; it reads nothing but the objects, so it judges what somebody else has written just as well. A pod is not a
 * way to itself.
 */
export function reachability(
  objects: readonly Manifest[],
  through: readonly Layer[] = Object.keys(layers) as Layer[],
  others: readonly Pod[] = [],
): Way[] {
  const pods = podsOf(objects);
  return [...pods, ...others].flatMap((from) =>
    pods
      .filter((to) => to !== from)
      .flatMap((to) =>
        to.ports.flatMap((port) => {
          const open = through.map((layer) => layers[layer](objects, from, to, port));
          if (open.some((requests) => requests.length === 0)) return [];
          const narrow = open.find((requests) => !requests.includes("any")) ?? ["any"];
          return [{ from: from.id, to: to.id, port, requests: [...narrow].sort() }];
        }),
      ),
  );
}
