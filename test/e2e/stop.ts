import { expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";
import { clusterProcesses, traces } from "./traces.ts";

export function stop(scene: () => Scene): void {
  test("leaves the machine as it was before the start", async () => {
    const { checkout, before } = scene();
    expect(await clusterProcesses(checkout.folder)).not.toEqual([]);
    expect(await traces()).not.toEqual(before);
    succeeded(await checkout.run("npm", "stop"));
    expect(await clusterProcesses(checkout.folder)).toEqual([]);
    expect(await traces()).toEqual(before);
  });

  test("a start afterwards finds its data", async () => {
    const { checkout, cluster } = scene();
    succeeded(await checkout.run("node_modules/.bin/node", "cli/main.ts", "cluster", "start"));
    expect(await cluster.kubectl("get", "namespaces", "-o", "name")).toContain("dev-order");
    succeeded(await checkout.run("npm", "stop"));
  });
}
