import type { Component } from "./metadata.ts";

/** Some pods of one service. */
export interface Pods {
  readonly service: string;
  readonly namespace: string;
  readonly components: readonly Component[];
}

/** Pods of one kind: what an edge leads to. */
export interface Target extends Pods {
  readonly components: readonly [Component];
}

/** As much of some pods as names an edge. */
type End = Pick<Pods, "service" | "components">;

/**
 * `to-inventory` and, at its other end, `from-order`; within a service `service-to-database`. Their beginnings
 * differ, so that a service may be called like a component or like what the platform offers.
 */
export function edgeName(at: End, way: "to" | "from", other: End): string {
  return at.service === other.service
    ? `${at.components[0]}-${way}-${other.components[0]}`
    : `${way}-${other.service}`;
}
