import { expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

export function destroy(scene: () => Scene): void {
  test("leaves nothing of the shop in the cluster, its volumes and its policies included", async () => {
    const { checkout, cluster } = scene();
    const options = ["--yes", "--skip-preview", "--non-interactive"];
    succeeded(await checkout.run("npx", "pulumi", "destroy", "-s", "dev", ...options));
    succeeded(await checkout.run("npx", "pulumi", "destroy", "-s", "dev-platform", ...options));
    const namespaces = await cluster.kubectl("get", "namespaces", "-o", "name");
    expect(namespaces).not.toMatch(/dev-/);
    const kinds = (await cluster.kubectl("api-resources", "--verbs=list", "-o", "name"))
      .split("\n")
      .join(",");
    const labelled = await cluster.kubectl(
      "get",
      kinds,
      "-A",
      "-l",
      "app.kubernetes.io/managed-by=pressurevalve",
      "-o",
      "name",
    );
    expect(labelled).toBe("");
    await until(
      "volumes gone",
      () => cluster.kubectl("get", "persistentvolumes", "-o", "name"),
      (volumes) => volumes === "",
    );
  });
}
