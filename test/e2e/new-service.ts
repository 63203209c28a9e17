import { expect, test } from "@jest/globals";
import { addService, callByOrder } from "./added-service.ts";
import { succeeded } from "./checkout.ts";
import { ask } from "./load.ts";
import type { Scene } from "./scene.ts";

export function newService(scene: () => Scene): void {
  test("runs with the next start, and serves order, which calls it", async () => {
    const { checkout, cluster } = scene();
    const undo = [
      await addService(checkout, "shipping"),
      await callByOrder(checkout, "shipping", ["call(shipping.api)"]),
    ];
    const { stdout } = succeeded(await checkout.run("npm", "start"));
    expect(stdout).toMatch(/^shipping +[0-9a-f]+ +(\d+)\/\1 +healthy/m);
    const order = await ask(`${await cluster.gateway()}/orders`, { parcel: 1 });
    expect(JSON.parse(order)).toMatchObject({ calls: { shipping: { service: "shipping" } } });
    for (const back of undo.reverse()) await back();
  });

  test("leaves nothing when it is taken out again", async () => {
    const { checkout, cluster } = scene();
    succeeded(await checkout.run("npm", "start"));
    expect(await cluster.kubectl("get", "namespaces", "-o", "name")).not.toContain("dev-shipping");
  });
}
