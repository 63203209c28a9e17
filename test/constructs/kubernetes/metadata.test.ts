import { expect, test } from "@jest/globals";
import { postgres } from "../../../constructs/index.ts";
import { order, rendered } from "../example.ts";

const { manifests } = rendered(order({ database: postgres({ migrations: { args: ["x"] } }) }));

test.each(
  manifests.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const),
)("%s %s tells its service, its owner and its wave", (_, __, { metadata }) => {
  expect(metadata.labels).toMatchObject({
    "app.kubernetes.io/name": "order",
    "app.kubernetes.io/managed-by": "pressurevalve",
    "pressurevalve.dev/owner": "checkout",
  });
  expect(metadata.annotations?.["argocd.argoproj.io/sync-wave"]).toMatch(/^[0-4]$/);
});

test("the namespace comes before everything in it", () => {
  const waves = manifests.map(({ metadata }) => metadata.annotations?.["argocd.argoproj.io/sync-wave"]);
  expect(waves.filter((wave) => wave === "0")).toHaveLength(1);
  expect([manifests[0]?.kind, waves[0]]).toEqual(["Namespace", "0"]);
});
