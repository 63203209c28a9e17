import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { ApiReference, type Call, call, Duration, resolve } from "../../../constructs/index.ts";
import { worstChain } from "../../../constructs/model/call-graph.ts";
import { environment, order, other, problems } from "../example.ts";

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
    "order: calls[0].attempts is 3, but of one request 12 may become, and at most 10 are sound: order -> inventory -> payment -> notification; retry at one of these calls alone, best at the last",
  ]);
});

test("a chain that amplifies too much is reported at the service where it does, not at its callers", () => {
  expect(problems(chain(1, 4, 3))).toEqual([
    expect.stringMatching(/^inventory: calls\[0\]\.attempts is 4, but of one request 12 may become/),
  ]);
});

test("the worst chain of a service is the one with most attempts", () => {
  const [caller, ...rest] = resolve(
    [
      order(calling(to("inventory", { attempts: 3 }), to("payment", { timeout: Duration.seconds(5) }))),
      other("inventory"),
      other("payment", calling(to("notification", { attempts: 4 }))),
      other("notification"),
    ],
    environment,
  );
  const services = new Map([caller, ...rest].map((service) => [service?.name ?? "", service as never]));
  expect(worstChain("order", services)).toEqual({
    services: ["order", "payment", "notification"],
    amplification: 4,
  });
});

test("the worst chain is found among more chains than could be walked", () => {
  // 2 to the power of 40 of them.
  const layers = Array.from({ length: 40 }, (_, layer) => ["a", "b"].map((side) => `${side}${layer}`));
  const shop = layers.flatMap((names, layer) =>
    names.map((name) =>
      other(name, {
        image: "order",
        ...calling(
          ...(layers[layer + 1] ?? []).map((callee) => to(callee, { attempts: layer === 0 ? 2 : 1 })),
        ),
      }),
    ),
  );
  expect(problems(shop)).toEqual([]);
});

test("the worst chain is never under the product of the attempts along any chain", () => {
  const names = ["order", "inventory", "payment", "notification"];
  const attempts = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(attempts, (edges) => {
      const pairs = names.flatMap((from, at) => names.slice(at + 1).map((to) => [from, to] as const));
      const graph = pairs.map(([from, to], index) => ({ from, to, attempts: edges[index] ?? 0 }));
      const products = (from: string): number[] => [
        1,
        ...graph
          .filter((edge) => edge.from === from && edge.attempts > 0)
          .flatMap((edge) => products(edge.to).map((product) => product * edge.attempts)),
      ];
      const services = new Map(
        names.map((name) => [
          name,
          {
            name,
            calls: graph
              .filter(({ from, attempts }) => from === name && attempts > 0)
              .map(({ to, attempts }) => ({ callee: to, attempts })),
          } as never,
        ]),
      );
      expect(worstChain("order", services).amplification).toBe(Math.max(...products("order")));
    }),
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
