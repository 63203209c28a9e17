import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";

export function foreignCluster(scene: () => Scene): void {
  test("is served through its kubeconfig and context", async () => {
    const { checkout } = scene();
    const { stdout } = succeeded(
      await checkout.run(
        "npm",
        "start",
        "--",
        "--kubeconfig",
        checkout.kubeconfigFile,
        "--context",
        "pressurevalve",
      ),
    );
    expect(stdout).toMatch(/^order +[0-9a-f]+ +(\d+)\/\1 +healthy/m);
  });

  test("is refused when its context does not look like one for development", async () => {
    const { checkout } = scene();
    const renamed = checkout.kubeconfig();
    renamed.contexts = renamed.contexts.map((context) => ({ ...context, name: "acme-production" }));
    renamed.currentContext = "acme-production";
    const file = join(checkout.folder, ".local", "acme");
    await writeFile(file, renamed.exportConfig());
    const { exitCode, stderr } = await checkout.run("npm", "start", "--", "--kubeconfig", file);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /context acme-production .* does not look like a cluster for development; add --any-context/,
    );
  });

  test("names what it lacks, with the commands that install it", async () => {
    const { checkout, cluster } = scene();
    await cluster.kubectl(
      "annotate",
      "storageclass",
      "--all",
      "storageclass.kubernetes.io/is-default-class-",
    );
    const { exitCode, stderr } = await checkout.run(
      "npm",
      "start",
      "--",
      "--kubeconfig",
      checkout.kubeconfigFile,
    );
    await cluster.kubectl(
      "annotate",
      "storageclass",
      "--all",
      "storageclass.kubernetes.io/is-default-class=true",
    );
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/lacks:\n {2}a default StorageClass\n {4}kubectl .*apply/);
  });

  test("is said to be out of reach when it is", async () => {
    const { checkout } = scene();
    const nobody = "https://127.0.0.1:2";
    const away = checkout.kubeconfig();
    away.clusters = away.clusters.map((cluster) => ({ ...cluster, server: nobody }));
    const file = join(checkout.folder, ".local", "away");
    await writeFile(file, away.exportConfig());
    const { exitCode, stderr } = await checkout.run("npm", "start", "--", "--kubeconfig", file);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`context pressurevalve (${nobody}) cannot be reached: connect ECONNREFUSED`);
  });
}
