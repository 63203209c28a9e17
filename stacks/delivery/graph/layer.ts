import type { Manifest } from "../../../constructs/index.ts";
import type { Opening } from "./opening.ts";
import type { Pod } from "./pods.ts";

/** One thing that stands between two pods. */
export interface Layer {
  /** What it lets one pod ask of another one. */
  readonly between: (from: Pod, to: Pod) => readonly Opening[];
  /** What it lets through between a pod and who is none of the pods. */
  readonly outside: (pod: Pod) => readonly Outside[];
}

/** A layer as objects make it; others are pods that none of them makes, such as a gateway's. */
export type LayerOf = (objects: readonly Manifest[], others?: readonly Pod[]) => Layer;

export interface Outside {
  readonly way: "to" | "from";
  /** Addresses, a host, an identity, or pods of a namespace that no object makes. */
  readonly end: string;
  readonly opening: Opening;
}
