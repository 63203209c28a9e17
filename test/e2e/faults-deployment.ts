import { afterAll, beforeAll, describe } from "@jest/globals";
import { killedDeployments } from "./faults-pulumi.ts";
import { changesInPlace } from "./faults-pulumi-changes.ts";
import { SmallShop } from "./faults-pulumi-shop.ts";
import { damagedState } from "./faults-pulumi-state.ts";
import type { Scene } from "./scene.ts";

/** What can befall a deployment, tried on one small shop, which is not there yet when the changes in place begin. */
export function faultsOfDeployments(scene: () => Scene): void {
  let shop: SmallShop;
  const small = () => shop;

  beforeAll(async () => {
    const { checkout, cluster } = scene();
    shop = await SmallShop.make(checkout.folder, checkout.kubeconfigFile, cluster);
  });

  afterAll(() => shop.destroy());

  describe("changes in place", () => changesInPlace(scene, small));
  describe("kill -9 of a deployment", () => killedDeployments(scene, small));
  describe("a damaged state", () => damagedState(small));
}
