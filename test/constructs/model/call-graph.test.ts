import { expect, test } from "@jest/globals";
import { ApiReference, type Call, call, Duration } from "../../../constructs/index.ts";
import { order, other, problems } from "../example.ts";

const to = (callee: string, options: Omit<Call, "api"> = {}) => call(new ApiReference(callee), options);
const calling = (...calls: Call[]) => ({ calls: () => calls });

test("all tries of a callee's own call fit into the caller's timeout", () => {
  const chain = (outer: Duration) => [
    order(calling(to("inventory", { timeout: outer }))),
    other("inventory", calling(to("payment", { timeout: Duration.millis(200), attempts: 3 }))),
    other("payment"),
  ];
  expect(problems(chain(Duration.millis(600)))).toEqual([]);
  expect(problems(chain(Duration.millis(599)))).toEqual([
    "order: calls[0].timeout is 599 ms, but inventory may take 600 ms to call payment (3 x 200 ms); raise it to 600 ms or more, or lower the timeout or attempts of inventory",
  ]);
});

test("a cycle is reported once, at its first service, with the way around", () => {
  const cycle = [
    order(calling(to("inventory"))),
    other("inventory", calling(to("payment"))),
    other("payment", calling(to("order"))),
  ];
  expect(problems(cycle)).toEqual([
    "inventory: calls[0] is payment, but the services would wait for each other: inventory -> payment -> order -> inventory; take one of these calls out",
  ]);
});

test("a service that calls itself is a cycle", () => {
  expect(problems([order(calling(to("order")))])).toEqual([
    "order: calls[0] is order, but the services would wait for each other: order -> order; take one of these calls out",
  ]);
});
