import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dump } from "js-yaml";
import type { Manifest } from "../../constructs/index.ts";
import { databaseSubnets, imageOf } from "./shop-sources.ts";
import type { Sketch } from "./sketch.ts";

/**
 * Writes the Helm chart of a generated shop: the templates of chart/, and values that say per service what its
 * description says. Names that carry a content hash are taken from the rendered objects, because Sprig cannot make
 * them: that is work which Helm is spared.
 */
export async function writeChart(
  folder: string,
  shop: readonly Sketch[],
  objects: readonly Manifest[],
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(join(import.meta.dirname, "chart"), folder, { recursive: true });
  const { repository, digest } = imageOf("busybox");
  const values = {
    environment: {
      smokeTestImage: `${repository}@sha256:${digest}`,
      databaseSubnets,
      platformEdges: [
        {
          name: "dns",
          namespace: "kube-system",
          podLabels: { "k8s-app": "kube-dns" },
          ports: [
            { protocol: "UDP", port: 53 },
            { protocol: "TCP", port: 53 },
          ],
        },
      ],
      zoneSpread: "DoNotSchedule",
      scaleDownStabilizationSeconds: 300,
      progressDeadlineSeconds: 600,
      keepBlueSeconds: 1800,
    },
    services: shop.map((sketch) => serviceValues(sketch, shop, objects)),
  };
  await writeFile(join(folder, "values.yaml"), dump(values, { noRefs: true }));
}

function serviceValues(sketch: Sketch, shop: readonly Sketch[], objects: readonly Manifest[]) {
  const { name, owner, port, migration, env, files, scaling, rollout, smokeTest, jobs } = sketch;
  const namespace = namespaceOf(name);
  const nameOf = (kind: string) =>
    objects.find((object) => object.kind === kind && object.metadata.namespace === namespace)?.metadata.name;
  return {
    name,
    namespace,
    owner,
    port,
    image: imageOf(name),
    cpu: `${sketch.cpuMillis}m`,
    memory: `${sketch.memoryMebibytes}Mi`,
    database: sketch.database,
    calls: sketch.calls.map((call) => ({
      ...call,
      namespace: namespaceOf(call.callee),
      port: shop.find((callee) => callee.name === call.callee)?.port,
    })),
    rollout,
    ...(migration && { migration: { name: nameOf("Job"), args: migration } }),
    ...(jobs.length > 0 && { jobs }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(Object.keys(files).length > 0 && { configuration: { name: nameOf("ConfigMap"), files } }),
    ...(scaling.kind === "fixed"
      ? { replicas: scaling.replicas }
      : { autoscaling: { min: 3, max: scaling.max, cpuPercent: 70 } }),
    ...(smokeTest.length > 0 && { smokeTest }),
  };
}

function namespaceOf(service: string): string {
  return `production-${service}`;
}
