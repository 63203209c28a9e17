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

/**
 * `to-inventory` and, at its other end, `from-order`; within a service `service-to-database`. Their beginnings
 * differ, so that a service may be called like a component or like what the platform offers.
 */
export function edgeName(at: Pods, way: "to" | "from", other: Pods): string {
  return at.service === other.service
    ? `${at.components[0]}-${way}-${other.components[0]}`
    : `${way}-${other.service}`;
}
