import { afterEach, expect, test } from "@jest/globals";
import { call, render, resolve } from "../../../../constructs/index.ts";
import { serviceVariable, wherein } from "../../../../stacks/delivery/pulumi/alone.ts";
import { environment, meshed, order, other } from "../../../constructs/example.ts";

const payment = other("payment");
const shop = [order({ calls: () => [call(payment.api)] }), payment, other("inventory")];

afterEach(() => {
  delete process.env[serviceVariable];
});

/** The services whose namespaces a run looks at. */
function entered(where = environment): string[] {
  return wherein(render(resolve(shop, where))).map(({ name }) => name);
}

test.each([
  environment,
  meshed,
])("one service alone enters its callees' namespaces and no other's, mesh $mesh.kind", (where) => {
  process.env[serviceVariable] = "order";
  expect(entered(where)).toEqual(["order", "payment"]);
  process.env[serviceVariable] = "payment";
  expect(entered(where)).toEqual(["payment"]);
});

test("all together enter all of them", () => {
  expect(entered()).toEqual(["order", "payment", "inventory"]);
});
