import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { type Outcome, succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

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
    const { cluster } = scene();
    await cluster.kubectl(
      "annotate",
      "storageclass",
      "--all",
      "storageclass.kubernetes.io/is-default-class-",
    );
    const { exitCode, stderr } = await started(scene());
    await cluster.kubectl(
      "annotate",
      "storageclass",
      "--all",
      "storageclass.kubernetes.io/is-default-class=true",
    );
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/lacks:\n {2}a default StorageClass\n {4}kubectl .*apply/);
  });

  test("is refused while its istiod is away, with the command that installs one", async () => {
    const { cluster } = scene();
    const istiod = ["-n", "istio-system", "deployment/istiod"];
    await cluster.kubectl("scale", ...istiod, "--replicas=0");
    try {
      await until(
        "no istiod",
        () => cluster.kubectl("get", ...istiod, "-o", "jsonpath={.status.readyReplicas}"),
        (ready) => ready === "",
        1,
      );
      const { exitCode, stderr } = await started(scene());
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(
        /lacks:\n {2}Istio [0-9.]+ or newer \(no istiod that is ready\)\n {4}printf .* \| istioctl install /,
      );
    } finally {
      await cluster.kubectl("scale", ...istiod, "--replicas=1");
      await cluster.kubectl("rollout", "status", ...istiod, "--timeout=180s");
    }
  });

  test("is refused when its mesh is not the environment's: all that differs at once, with what mends it", async () => {
    const { checkout, cluster } = scene();
    const trustDomain = (domain: string) => `mesh: { kind: "istio", trustDomain: "${domain}" }`;
    const restore = await checkout.edit("stacks/environments.ts", (text) =>
      text.replaceAll(trustDomain("cluster.local"), trustDomain("acme.example")),
    );
    const settings = await cluster.get<{ data: { mesh: string } }>(
      "configmap",
      "istio",
      "-n",
      "istio-system",
    );
    const patch = (mesh: string) =>
      cluster.kubectl(
        ...["patch", "configmap", "istio", "-n", "istio-system", "--type=merge"],
        `--patch=${JSON.stringify({ data: { mesh } })}`,
      );
    try {
      await patch(settings.data.mesh.replace("DECODE_AND_MERGE_SLASHES", "BASE"));
      const { exitCode, stderr } = await started(scene());
      expect(exitCode).toBe(3);
      expect(stderr).toContain(`lacks:
  the trust domain acme.example (its istiod signs for cluster.local)
    write ${trustDomain("cluster.local")} in stacks/environments.ts
  paths that are decoded before policies judge them (its pathNormalization is BASE)
    set meshConfig.pathNormalization.normalization to DECODE_AND_MERGE_SLASHES where you install Istio`);
    } finally {
      await patch(settings.data.mesh);
      await restore();
    }
    expect((await started(scene())).exitCode).toBe(0);
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

/** The shop brought to the cluster as if somebody else ran it. */
function started({ checkout }: Scene): Promise<Outcome> {
  return checkout.run("npm", "start", "--", "--kubeconfig", checkout.kubeconfigFile);
}
