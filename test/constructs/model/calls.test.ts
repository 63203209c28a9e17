import { expect, test } from "@jest/globals";
import { ApiReference, type Call, call, Duration, resolve, rest } from "../../../constructs/index.ts";
import { environment, order, other, problems } from "../example.ts";

const to = (callee: string, options: Omit<Call, "api"> = {}) => call(new ApiReference(callee), options);
const calling = (...calls: Call[]) => ({ calls: () => calls });

test("a call is tried once, for a second, unless the caller says otherwise", () => {
  const [caller] = resolve(
    [order(calling(to("inventory"))), other("inventory", { api: rest({ port: 4000 }) })],
    environment,
  );
  expect(caller?.calls).toEqual([
    {
      callee: "inventory",
      namespace: "dev-inventory",
      port: 4000,
      url: "http://inventory.dev-inventory.svc:4000",
      timeout: Duration.seconds(1),
      attempts: 1,
    },
  ]);
});

test("an unknown callee is reported with the name that was meant", () => {
  expect(problems([order(calling(to("paymnet"), to("unheard-of"))), other("payment")])).toEqual([
    "order: calls[0] is paymnet, but there is no such service; did you mean payment?",
    "order: calls[1] is unheard-of, but there is no such service; add it to services/index.ts",
  ]);
});

test("a callee that has problems of its own is no unknown callee", () => {
  expect(problems([order(calling(to("payment"))), other("payment", { owner: 5 })])).toEqual([
    'payment: owner is 5, but must be the name of a team; write for example owner: "checkout"',
  ]);
});

test("a callee is declared once", () => {
  expect(problems([order(calling(to("payment"), to("payment"))), other("payment")])).toEqual([
    "order: calls[1] is payment, but it is declared already; declare each callee once",
  ]);
});

test("calls that are no function, throw, or return something else are refused", () => {
  expect(problems([order({ calls: [] })])).toEqual([
    "order: calls is [], but must be a function; write calls: () => [...]",
  ]);
  const throwing = () => {
    throw new Error("inventory is not defined;\nreally");
  };
  expect(problems([order({ calls: throwing })])).toEqual([
    "order: calls must return the calls, but throws: inventory is not defined;\\u000areally; mend the function",
  ]);
  expect(problems([order({ calls: () => 5 })])).toEqual([
    "order: calls must return an array; write calls: () => [call(inventory.api)]",
  ]);
});

test("a call names an API, a timeout and attempts within bounds, and nothing else", () => {
  const wrong = { api: "inventory", timeout: Duration.minutes(6), attempts: 11, timout: 5 };
  expect(problems([order({ calls: () => [wrong] })])).toEqual([
    "order: calls[0].api is inventory, but must be the API of a service; write for example inventory.api",
    "order: calls[0].timeout is 6 min, but must be whole milliseconds from 1 ms to 20 s; write for example Duration.millis(200)",
    "order: calls[0].attempts is 11, but must be at most 10; more attempts make an outage worse",
    "order: calls[0].timout is no such field; did you mean timeout?",
  ]);
});
