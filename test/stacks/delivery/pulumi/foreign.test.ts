import { expect, test } from "@jest/globals";
import { foreign } from "../../../../stacks/delivery/pulumi/foreign.ts";
import { renderShop } from "../../../../stacks/delivery/shop.ts";
import { shop } from "../../../../stacks/shop.ts";

test("a Namespace that somebody else has made is refused, with the ways out", () => {
  const metadata = { name: "dev-order", labels: { "kubernetes.io/metadata.name": "dev-order" } };
  expect(foreign([{ metadata }])).toEqual([
    "namespace dev-order exists and is not PressureValve's; choose another namespacePrefix in " +
      "stacks/environments.ts, or hand it over with all it holds: " +
      "kubectl label namespace dev-order app.kubernetes.io/managed-by=pressurevalve --overwrite",
  ]);
});

test("the Namespaces that we make are ours", () => {
  const namespaces = renderShop(shop, shop.environments.dev)
    .flatMap(({ manifests }) => manifests)
    .filter(({ kind }) => kind === "Namespace");
  expect(namespaces.length).toBeGreaterThan(0);
  expect(foreign(namespaces)).toEqual([]);
});
