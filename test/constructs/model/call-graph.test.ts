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
  expect(problems(chain(Duration.millis(700)))).toEqual([]);
  expect(problems(chain(Duration.millis(699)))).toEqual([
    "order: calls[0].timeout is 699 ms, but inventory may take 700 ms to call payment (3 x 200 ms and 100 ms between them); raise it to 700 ms or more, or lower the timeout or attempts of inventory",
  ]);
});

const trying = (callee: string, attempts: number, timeout = 1) =>
  calling(to(callee, { attempts, timeout: Duration.seconds(timeout) }));

/** order, inventory, payment and notification, each of which calls the next one. */
const chain = (...attempts: [number, number, number]) => [
  order(trying("inventory", attempts[0], 20)),
  other("inventory", trying("payment", attempts[1], 3)),
  other("payment", trying("notification", attempts[2], 0.1)),
  other("notification"),
];

test("attempts multiply along a chain, and are bounded as those of one call are", () => {
  expect(problems(chain(5, 1, 2))).toEqual([]);
  expect(problems(chain(3, 1, 4))).toEqual([
    "payment: calls[0].attempts is 4, but for one request retries may add 11 at notification, and at most 9 are sound: order -> inventory -> payment -> notification; retry at fewer of these calls, best at the last alone",
  ]);
});

test("a chain that amplifies too much is reported once, at the call with most attempts, not at its callers", () => {
  expect(problems(chain(1, 4, 3))).toEqual([
    expect.stringMatching(
      /^inventory: calls\[0\]\.attempts is 4, but for one request retries may add 11 at notification,/,
    ),
  ]);
});

/** Order asks the last service through so many others. */
const fan = (width: number, attempts: number, deeper = 1) => {
  const between = Array.from({ length: width }, (_, index) => `callee-${index}`);
  return [
    order(calling(...between.map((callee) => to(callee, { attempts, timeout: Duration.seconds(2) })))),
    ...between.map((name) => other(name, { image: "order", ...trying("notification", deeper, 0.3) })),
    other("notification"),
  ];
};

test("where chains meet again, what retries add along each of them adds up", () => {
  expect(problems(fan(4, 3))).toEqual([]);
  expect(problems(fan(5, 3))).toEqual([
    "order: calls[0].attempts is 3, but for one request retries may add 10 at notification, and at most 9 are sound: order -> callee-0 -> notification and 4 more; retry at fewer of these calls, best at the last alone",
  ]);
});

test("where all of it is tried again deeper down, the problem is theirs, and not that of who tries once", () => {
  expect(problems(fan(4, 1, 3))).toEqual([]);
  expect(problems(fan(5, 1, 3))).toEqual([
    "callee-0: calls[0].attempts is 3, but for one request retries may add 10 at notification, and at most 9 are sound: order -> callee-0 -> notification and 4 more; retry at fewer of these calls, best at the last alone",
  ]);
});

test("what is asked without any retry is not bounded", () => {
  expect(problems(fan(20, 1))).toEqual([]);
});

test("several calls of one callee add up, and the one with most attempts is named", () => {
  const inventory = other("inventory", {
    api: { kind: "rest", port: 3000, requests: { "GET /items": {}, "GET /prices": {}, "GET /racks": {} } },
  });
  const three = (attempts: [number, number, number]) => [
    order(
      calling(
        ...attempts.map((those, index) => ({
          ...to("inventory", { attempts: those, timeout: Duration.millis(100) }),
          requests: [(["GET /items", "GET /prices", "GET /racks"] as const)[index] as "GET /items"],
        })),
      ),
    ),
    inventory,
  ];
  expect(problems(three([3, 5, 4]))).toEqual([]);
  expect(problems(three([3, 6, 4]))).toEqual([
    "order: calls[1].attempts is 6, but for one request retries may add 10 at inventory, and at most 9 are sound: order -> inventory; retry at fewer of these calls, best at the last alone",
  ]);
});

/** 40 layers of two services, each of which calls both of the next layer: 2 to the power of 40 chains. */
const layered = (attempts: number) => {
  const layers = Array.from({ length: 40 }, (_, layer) => ["a", "b"].map((side) => `${side}${layer}`));
  return layers.flatMap((names, layer) =>
    names.map((name) =>
      other(name, {
        image: "order",
        ...calling(
          ...(layers[layer + 1] ?? []).map((callee) => to(callee, { attempts: layer === 36 ? attempts : 1 })),
        ),
      }),
    ),
  );
};

test("all chains are counted, also where they are more than could be walked", () => {
  expect(problems(layered(1))).toEqual([]);
  // Between a36 and each end are 4 chains with one repeat each; every layer above doubles them.
  const amplifying = problems(layered(2)).filter((problem) => problem.includes("retries may add"));
  expect(amplifying).toEqual(
    ["a34", "b34"].flatMap((name) =>
      ["a39", "b39"].map((last) =>
        expect.stringMatching(
          `^a36: .*is 2, .* retries may add 16 at ${last}, .*: ${name} -> .* and 15 more;`,
        ),
      ),
    ),
  );
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
