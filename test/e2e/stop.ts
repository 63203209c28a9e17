import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";

export function stop(scene: () => Scene): void {
  test("leaves no process, mount or network link", async () => {
    const { checkout } = scene();
    succeeded(await checkout.run("npm", "stop"));
    const [processes, mounts, links] = await Promise.all([
      execa("ps", ["-eo", "args"]),
      execa("cat", ["/proc/mounts"]),
      execa("ls", ["/sys/class/net"]),
    ]);
    expect(processes.stdout.split("\n").filter((line) => line.includes(checkout.folder))).toEqual([]);
    expect(mounts.stdout.split("\n").filter((line) => line.includes(checkout.folder))).toEqual([]);
    expect(links.stdout).not.toMatch(/^(cni|veth)/m);
  });

  test("a start afterwards finds its data", async () => {
    const { checkout, cluster } = scene();
    succeeded(await checkout.run("node_modules/.bin/node", "cli/main.ts", "cluster", "start"));
    expect(await cluster.kubectl("get", "namespaces", "-o", "name")).toContain("dev-order");
    succeeded(await checkout.run("npm", "stop"));
  });
}
