import { describe } from "@jest/globals";
import { interrupted } from "./faults-cluster-interrupted.ts";
import { killed } from "./faults-cluster-killed.ts";
import { machine } from "./faults-cluster-machine.ts";
import type { Scene } from "./scene.ts";

/** What can go wrong with the machine and the cluster. Begins with a running dev, and ends with one. */
export function faultsCluster(scene: () => Scene): void {
  describe("a machine that lacks something", () => machine(scene));
  describe("an interrupted start", () => interrupted(scene));
  describe("a cluster that is hit while it runs", () => killed(scene));
}
