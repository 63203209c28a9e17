import { expect, test } from "@jest/globals";
import type { Manifest } from "../../constructs/index.ts";
import { manifestsOf } from "../constructs/mutations.ts";
import { changedShops, deployedShop, everyEnvironment, patchedShop } from "../proofs.ts";
import type { Scene } from "./scene.ts";

export function acceptance(scene: () => Scene): void {
  test.each(
    everyEnvironment,
  )("$environment.name: a strict server-side dry run accepts every object", async (shop) => {
    expect(await refusals(scene(), manifestsOf(shop))).toEqual([]);
  });

  test("what a patch made of an object is accepted as well", async () => {
    expect(await refusals(scene(), manifestsOf(patchedShop))).toEqual([]);
  });

  test("200 shops out of mutated descriptions are accepted as well", async () => {
    const shops = changedShops();
    expect(shops).toHaveLength(200);
    // A change leaves most objects of a shop as they are in the others; each is asked about once.
    const objects = new Map(shops.flatMap(manifestsOf).map((object) => [JSON.stringify(object), object]));
    const distinct = [...objects.values()];
    expect(distinct.length).toBeGreaterThan(shops.length);
    while (distinct.length > 0)
      expect(await refusals(scene(), distinct.splice(0, objectsAtATime))).toEqual([]);
  });

  test("an object with a field that does not exist is refused, so the check can fail", async () => {
    const deployment = {
      ...(manifestsOf(deployedShop).find(({ kind }) => kind === "Rollout") as Manifest),
      invented: true,
    };
    expect((await refusals(scene(), [deployment])).join()).toContain("invented");
  });
}

// About a shop's; the answer to each then names few enough to find the one.
const objectsAtATime = 100;

/** What the API server says against the manifests, placed in a namespace that exists. */
async function refusals({ cluster }: Scene, manifests: readonly Manifest[]): Promise<string[]> {
  const home = "default";
  const placed = manifests.map((manifest) =>
    manifest.metadata.namespace === undefined
      ? manifest
      : { ...manifest, metadata: { ...manifest.metadata, namespace: home } },
  );
  const { failed, stderr } = await cluster.apply(
    placed,
    "--dry-run=server",
    "--server-side",
    "--force-conflicts",
    "--validate=strict",
    "--field-manager=acceptance",
  );
  return failed ? stderr.split("\n") : [];
}
