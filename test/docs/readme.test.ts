import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { rules } from "../../policies/rules/index.ts";
import { renderShop } from "../../stacks/delivery/index.ts";
import { shop } from "../../stacks/shop.ts";
import { root } from "./markdown.ts";

const readme = readFileSync(join(root, "README.md"), "utf8");

test("the service that it shows is the one of MountainPass", () => {
  const [, shown = "nothing"] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  expect(readFileSync(join(root, "services/order.ts"), "utf8")).toContain(shown);
});

test("order becomes as many objects as it says, and there are as many rules", () => {
  const production = renderShop(shop, shop.environments.production);
  const order = production.find(({ name }) => name === "order");
  expect(readme).toContain(`In production this becomes ${order?.manifests.length} objects`);
  expect(readme).toContain("More than sixty rules");
  expect(rules.length).toBeGreaterThan(60);
});
