import { expect, test } from "@jest/globals";
import { call, Duration, render, resolve, rest, type Service } from "../../../../constructs/index.ts";
import { differences } from "../../../../stacks/delivery/diff/index.ts";
import { summary } from "../../../../stacks/delivery/diff/summary.ts";
import { environment, meshed, order, other } from "../../../constructs/example.ts";

interface Sketch {
  readonly ejection?: number;
  readonly port?: number;
  readonly warmup?: number;
  readonly attempts?: number;
  /** In milliseconds. */
  readonly timeout?: number;
  /** In milliseconds. */
  readonly deadline?: number;
  readonly calls?: boolean;
}

/** Order calls payment. */
function shop({
  ejection = 30,
  port = 3000,
  warmup = 30,
  attempts = 1,
  timeout = 800,
  deadline,
  calls = true,
}: Sketch) {
  const payment = other("payment", {
    api: rest({
      port,
      warmup: Duration.seconds(warmup),
      ...(deadline !== undefined && { deadline: Duration.millis(deadline) }),
      circuitBreaker: { baseEjectionTime: Duration.seconds(ejection) },
    }),
  });
  const to = call(payment.api, { attempts, timeout: Duration.millis(timeout) });
  return [order({ calls: () => (calls ? [to] : []) }), payment];
}

/** What is told of edges. */
function told(before: readonly Service[], after: readonly Service[], where = meshed): string[] {
  const [old, fresh] = [before, after].map((one) => render(resolve(one, where)));
  return summary(differences(old ?? [], fresh ?? [])).flatMap(({ service, consequences }) =>
    consequences.filter((line) => /may call|its edge|sheds/.test(line)).map((line) => `${service}: ${line}`),
  );
}

const waits = "order: its edge to payment changes once order is deployed, not with payment";

test("what a callee says of itself and its callers' proxies keep to waits for the callers", () => {
  expect(told(shop({}), shop({ ejection: 60 }))).toEqual([waits]);
});

test("what its own objects say is there with its own deployment", () => {
  expect(told(shop({}), shop({ warmup: 60 }))).toEqual([]);
});

test("a caller that changes its call alone waits for nobody", () => {
  expect(told(shop({}), shop({ attempts: 2 }))).toEqual([]);
});

test("a caller's new timeout waits for the callee as well, which sheds by it", () => {
  expect(told(shop({}), shop({ timeout: 600 }))).toEqual([
    waits,
    "order: its new timeout counts for what payment sheds once payment is deployed, not with order",
  ]);
});

test.each([
  ["without a mesh", {}, environment],
  ["where the callee has a deadline of its own", { deadline: 500 }, meshed],
])("%s nothing is shed by it", (_, sketch, where) => {
  expect(told(shop(sketch), shop({ ...sketch, timeout: 600 }), where)).toEqual([]);
});

test.each([meshed, environment])("a port waits for the callers, mesh $mesh.kind", (where) => {
  expect(told(shop({}), shop({ port: 4000 }), where)).toEqual([waits]);
});

test.each([
  meshed,
  environment,
])("who calls no more may do so until it is deployed itself, mesh $mesh.kind", (where) => {
  const may = "order: may call payment until order is deployed, whatever payment says";
  expect(told(shop({}), shop({ calls: false }), where)).toEqual([may]);
  expect(told(shop({}), shop({ calls: false, warmup: 60 }), where)).toEqual([may]);
});

test("a service that goes or comes has no edges that wait", () => {
  const [, payment] = shop({});
  expect(told(shop({}), [payment as Service])).toEqual([]);
  expect(told([payment as Service], shop({ ejection: 60 }))).toEqual([]);
});
