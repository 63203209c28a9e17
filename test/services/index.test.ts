import { expect, test } from "@jest/globals";
import { resolve } from "../../constructs/index.ts";
import { services } from "../../services/index.ts";
import { environments } from "../../stacks/environments.ts";

test.each(Object.values(environments))("MountainPass has no problem in $name", (environment) => {
  expect(services.length).toBeGreaterThan(4);
  expect(resolve(services, environment).map(({ name }) => name)).toEqual(services.map(({ name }) => name));
});

test("an order goes through inventory, payment and notification", () => {
  const [order] = resolve(services, environments.production);
  const posts = order?.calls.filter(({ requests }) =>
    requests.some(({ methods }) => methods.includes("POST")),
  );
  expect(posts?.map(({ callee }) => callee)).toEqual(["inventory", "payment", "notification"]);
});

test("charging a customer is never tried again", () => {
  const shop = resolve(services, environments.production);
  const charges = shop.flatMap(({ calls }) =>
    calls.filter(({ callee, named }) => callee === "payment" && named?.includes("POST /payments")),
  );
  expect(charges.map(({ attempts }) => attempts)).toEqual([1, 1]);
});
