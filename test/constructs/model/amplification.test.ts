import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { amplifications } from "../../../constructs/model/amplification.ts";

const names = ["order", "inventory", "payment", "notification"];

/** Whoever stands before another may call it, with one attempt or more. */
const graphs = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 }).map((attempts) =>
  names
    .flatMap((caller, at) => names.slice(at + 1).map((callee) => ({ caller, callee })))
    .map((pair, index) => ({ ...pair, attempts: attempts[index] as number }))
    .filter(({ attempts }) => attempts > 0),
);

const of = (graph: readonly { caller: string; callee: string; attempts: number }[]) =>
  amplifications((name) => graph.filter(({ caller }) => caller === name));

test("the worst chain is the one whose attempts have the largest product", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const products = (from: string): number[] => {
        const own = graph.filter(({ caller }) => caller === from);
        if (own.length === 0) return [1];
        return own.flatMap(({ callee, attempts }) => products(callee).map((one) => one * attempts));
      };
      const worst = of(graph)("order").map(({ worst }) => worst.amplification);
      expect(Math.max(...worst)).toBe(Math.max(...products("order")));
    }),
  );
});

test("a chain says its services, and of several calls of one callee the one with most attempts counts", () => {
  const graph = [
    { caller: "order", callee: "inventory", attempts: 3 },
    { caller: "order", callee: "payment", attempts: 1 },
    { caller: "order", callee: "payment", attempts: 2 },
    { caller: "payment", callee: "notification", attempts: 4 },
  ];
  expect(of(graph)("order")).toEqual([
    {
      last: "inventory",
      chains: 1,
      asked: 1,
      retries: 2,
      worst: { services: ["order", "inventory"], amplification: 3 },
    },
    {
      last: "notification",
      chains: 1,
      asked: 2,
      retries: 10,
      worst: { services: ["order", "payment", "notification"], amplification: 8 },
    },
  ]);
});

test("a service that calls nobody is its own end", () => {
  const alone = { services: ["order"], amplification: 1 };
  expect(of([])("order")).toEqual([{ last: "order", chains: 1, asked: 1, retries: 0, worst: alone }]);
});
