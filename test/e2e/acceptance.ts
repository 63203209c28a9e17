import { expect, test } from "@jest/globals";
import type { Manifest } from "../../constructs/index.ts";
import { renderShop } from "../../stacks/delivery/index.ts";
import { environments } from "../../stacks/environments.ts";
import { shop as mountainPass } from "../../stacks/shop.ts";
import { acceptedShops } from "../constructs/mutations.ts";
import type { Scene } from "./scene.ts";

export function acceptance(scene: () => Scene): void {
  test.each(
    Object.values(environments),
  )("$name: a strict server-side dry run accepts every object", async (environment) => {
    const manifests = renderShop(mountainPass, environment).flatMap(({ manifests }) => manifests);
    expect(await refusals(scene(), manifests)).toEqual([]);
  });

  test("200 shops out of mutated descriptions are accepted as well", async () => {
    const shops = acceptedShops(200);
    expect(shops).toHaveLength(200);
    for (const manifests of shops) expect(await refusals(scene(), manifests)).toEqual([]);
  });

  test("an object with a field that does not exist is refused, so the check can fail", async () => {
    const [first] = renderShop(mountainPass, environments.dev);
    const deployment = {
      ...(first?.manifests.find(({ kind }) => kind === "Rollout") as Manifest),
      invented: true,
    };
    expect((await refusals(scene(), [deployment])).join()).toContain("invented");
  });
}

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
