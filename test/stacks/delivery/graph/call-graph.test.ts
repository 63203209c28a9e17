import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  ApiReference,
  call,
  Duration,
  type Environment,
  external,
  resolve,
  type Service,
} from "../../../../constructs/index.ts";
import {
  callGraph,
  chainsBetween,
  chainsOf,
  type Edge,
} from "../../../../stacks/delivery/graph/call-graph.ts";
import { graphDocument } from "../../../../stacks/delivery/graph/document.ts";
import { dot, mermaid } from "../../../../stacks/delivery/graph/picture.ts";
import { graphText } from "../../../../stacks/delivery/graph/text.ts";
import { environment, meshed, order, other } from "../../../constructs/example.ts";

function edge(caller: string, callee: string, more: Partial<Edge> = {}): Edge {
  return { caller, callee, requests: [], timeout: 100, attempts: 1, budget: 100, ...more };
}

/** Graphs without cycles: each service may call those that follow it, also twice. */
const graphs = fc.integer({ min: 1, max: 7 }).chain((services) =>
  fc
    .array(
      fc.record({
        caller: fc.nat({ max: services - 1 }),
        callee: fc.nat({ max: services - 1 }),
        attempts: fc.integer({ min: 1, max: 4 }),
        timeout: fc.integer({ min: 1, max: 2000 }),
      }),
      { maxLength: 14 },
    )
    .map((calls) =>
      calls
        .filter(({ caller, callee }) => caller < callee)
        .map(({ caller, callee, attempts, timeout }) =>
          edge(`s${caller}`, `s${callee}`, { attempts, timeout, budget: attempts * timeout }),
        ),
    ),
);

/** Every way from a service that nobody calls to one that calls nobody, call by call. */
function walked(edges: readonly Edge[]): Edge[][] {
  const from = (name: string): Edge[][] => {
    const own = edges.filter(({ caller }) => caller === name);
    if (own.length === 0) return [[]];
    return own.flatMap((one) => from(one.callee).map((rest) => [one, ...rest]));
  };
  const first = new Set(edges.map(({ caller }) => caller));
  for (const { callee } of edges) first.delete(callee);
  return [...first].flatMap(from);
}

const nameOf = (walk: readonly Edge[]) => [walk[0]?.caller, ...walk.map(({ callee }) => callee)].join(" -> ");
const product = (walk: readonly Edge[]) => walk.reduce((so, { attempts }) => so * attempts, 1);

describe("the chains of any graph", () => {
  test("amplify as a walk along every one of them finds, the worst first", () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const expected = new Map<string, number>();
        for (const walk of walked(edges))
          expected.set(nameOf(walk), Math.max(expected.get(nameOf(walk)) ?? 0, product(walk)));
        const { total, worst } = chainsOf(edges);
        const found = worst.map(({ services, amplification }) => [services.join(" -> "), amplification]);
        expect(new Map(found as [string, number][])).toEqual(expected);
        expect([total, found.length]).toEqual([expected.size, expected.size]);
        const amplifications = worst.map(({ amplification }) => amplification);
        expect(amplifications).toEqual(amplifications.toSorted((a, b) => b - a));
      }),
    );
  });

  test("begin the same when only some of them are asked for", () => {
    fc.assert(
      fc.property(graphs, fc.nat({ max: 5 }), (edges, most) => {
        expect(chainsOf(edges, most).worst).toEqual(chainsOf(edges).worst.slice(0, most));
      }),
    );
  });

  test("are counted where nobody could list them", () => {
    const layers = Array.from({ length: 30 }, (_, layer) => [`a${layer}`, `b${layer}`] as const);
    const edges = layers
      .slice(1)
      .flatMap((layer, index) =>
        (layers[index] as readonly string[]).flatMap((caller) => layer.map((callee) => edge(caller, callee))),
      );
    const { total, worst } = chainsOf(edges, 3);
    expect([total, worst.length]).toEqual([2 ** 30, 3]);
  });
});

/** How often each service is asked when one request at `first` fails wherever it comes, and everybody tries all they may. */
function simulated(first: string, edges: readonly Edge[]): Map<string, number> {
  const asked = new Map<string, number>();
  const ask = (name: string): void => {
    asked.set(name, (asked.get(name) ?? 0) + 1);
    for (const { caller, callee, attempts } of edges)
      if (caller === name) for (let attempt = 0; attempt < attempts; attempt++) ask(callee);
  };
  ask(first);
  return asked;
}

describe("all chains between two services of any graph", () => {
  const once = (edges: readonly Edge[]) => edges.map((one) => ({ ...one, attempts: 1 }));

  test("bring as many requests as are seen when everything fails, and as many retries as are not seen otherwise", () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const callers = new Set(edges.map(({ caller }) => caller));
        const called = new Set(edges.map(({ callee }) => callee));
        const expected = [...callers].flatMap((first) => {
          if (called.has(first)) return [];
          const [all, asked] = [simulated(first, edges), simulated(first, once(edges))];
          return [...all]
            .filter(([last]) => !callers.has(last))
            .map(([last, requests]) => [`${first} ${last}`, [requests, requests - (asked.get(last) ?? 0)]]);
        });
        const ends = chainsBetween(edges);
        const found = ends.map(({ first, last, requests, retries }) => [
          `${first} ${last}`,
          [requests, retries],
        ]);
        expect(found).toHaveLength(expected.length);
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
        expect(ends.map(({ requests }) => requests)).toEqual(
          ends.map(({ requests }) => requests).toSorted((a, b) => b - a),
        );
      }),
    );
  });

  test("are as many as lead there one by one", () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const expected: Record<string, number> = {};
        for (const chain of new Set(walked(edges).map(nameOf))) {
          const services = chain.split(" -> ");
          const ends = `${services[0]} ${services.at(-1)}`;
          expected[ends] = (expected[ends] ?? 0) + 1;
        }
        const found = chainsBetween(edges).map(({ first, last, chains }) => [`${first} ${last}`, chains]);
        expect(Object.fromEntries(found)).toEqual(expected);
      }),
    );
  });

  test("bring more in a diamond than its worst chain alone", () => {
    const diamond = [
      edge("order", "inventory", { attempts: 2 }),
      edge("order", "payment", { attempts: 2 }),
      edge("inventory", "prices", { attempts: 2 }),
      edge("payment", "prices", { attempts: 3 }),
    ];
    expect(chainsOf(diamond).worst[0]?.amplification).toBe(6);
    expect(chainsBetween(diamond)).toEqual([
      { first: "order", last: "prices", chains: 2, requests: 10, retries: 8 },
    ]);
  });
});

test("the longest that a chain takes is what its last service makes each call before it wait", () => {
  const edges = [
    edge("order", "inventory", { attempts: 2, timeout: 1000, budget: 2025 }),
    edge("inventory", "prices", { attempts: 1, timeout: 300, budget: 300 }),
  ];
  // 2 x 300 ms, and up to 25 ms between the two.
  expect(chainsOf(edges).worst).toEqual([
    { services: ["order", "inventory", "prices"], amplification: 2, longest: 625, budget: 2025 },
  ]);
});

test("no chain takes longer than the budget of its first call, where timeouts nest", () => {
  fc.assert(
    fc.property(graphs, (edges) => {
      for (const { longest, budget } of callGraphOf(edges).chains.worst)
        expect(longest).toBeLessThanOrEqual(budget);
    }),
  );
});

/** The edges of a graph with the budgets that the model gives them. */
function callGraphOf(edges: readonly Edge[]) {
  const names = [...new Set(edges.flatMap(({ caller, callee }) => [caller, callee]))];
  const shop = names.map((name) =>
    other(name, {
      image: "order",
      calls: () =>
        [...Map.groupBy(edges, ({ callee }) => callee)].flatMap(([callee, calls]) =>
          calls
            .filter(({ caller }) => caller === name)
            .slice(0, 1)
            .map(({ timeout }) => call(new ApiReference(callee), { timeout: nested(timeout, name) })),
        ),
    }),
  );
  return callGraph(resolve(shop, environment), environment);
}

/** The further down, the shorter. */
function nested(timeout: number, name: string): Duration {
  return Duration.millis(20_000 - Number(name.slice(1)) * 2000 - (timeout % 1000));
}

describe("two services of which one calls the other", () => {
  const inventory = other("inventory", {
    api: {
      kind: "rest",
      port: 3000,
      requests: { "GET /items/{sku}": {}, "POST /reservations": {}, "POST /returns": {} },
    },
  });
  const caller = order({
    calls: () => [
      call(inventory.api, {
        requests: ["GET /items/{sku}"],
        timeout: Duration.millis(300),
        attempts: 2,
      }),
      call(inventory.api, { requests: ["POST /reservations"] }),
    ],
  });
  const graphOf = (shop: readonly Service[], where = meshed) => callGraph(resolve(shop, where), where);
  const graph = graphOf([caller, inventory]);

  test("are one chain, however many calls there are", () => {
    expect(graph.chains).toEqual({
      total: 1,
      worst: [{ services: ["order", "inventory"], amplification: 2, longest: 1000, budget: 1000 }],
    });
  });

  test("are told to a person", () => {
    expect(graphText(graph, { colour: false })).toBe(`dev: 2 services, 2 calls
the caller's sidecar retries where no connection was made, one was reset or refused, or a proxy answered 502, 503 or 504

call                attempts  timeout  budget  requests
order -> inventory  2         300 ms   625 ms  GET /items/{sku} (retried)
order -> inventory  1         1 s      1 s     POST /reservations

chain               requests at its end  longest  budget
order -> inventory  2 for one            1 s      1 s

from .. to          chains  requests at the end of all  retries of them
order .. inventory  1       3 for one                   1
more than 9 retries for one are refused
`);
  });

  test("are told to a person of another environment", () => {
    const plain = graphText(graphOf([caller, inventory], environment), { colour: false });
    expect(plain).toContain("\nno mesh: the caller's own client keeps to timeout and attempts\n");
  });

  test("have colours for whoever wants them, and the same words", () => {
    const coloured = graphText(graph, { colour: true });
    expect(coloured).toContain("\u001b[1m");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a colour is
    expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(graphText(graph, { colour: false }));
  });

  test("are told to a program", () => {
    expect(graphDocument(graph)).toEqual({
      environment: "dev",
      mesh: "istio",
      services: [
        { name: "order", owner: "checkout" },
        { name: "inventory", owner: "checkout" },
      ],
      externals: [],
      calls: [
        {
          caller: "order",
          callee: "inventory",
          requests: [{ name: "GET /items/{sku}", retried: true }],
          attempts: 2,
          timeoutMs: 300,
          budgetMs: 625,
        },
        {
          caller: "order",
          callee: "inventory",
          requests: [{ name: "POST /reservations", retried: false }],
          attempts: 1,
          timeoutMs: 1000,
          budgetMs: 1000,
        },
      ],
      chains: {
        total: 1,
        worst: [{ services: ["order", "inventory"], amplification: 2, longestMs: 1000, budgetMs: 1000 }],
      },
      allChains: {
        mostRetries: 9,
        between: [{ first: "order", last: "inventory", chains: 1, requests: 3, retries: 1 }],
      },
    });
  });

  test("are drawn by Mermaid", () => {
    expect(mermaid(graph)).toBe(`flowchart LR
  s0["order<br>checkout"]
  s1["inventory<br>checkout<br>3 for one at order"]
  s0 ==>|"2 x 300 ms<br>1 x 1 s"| s1
`);
  });

  test("are drawn by Graphviz", () => {
    expect(dot(graph)).toBe(`digraph "dev" {
  rankdir=LR; node [shape=box];
  "order" [label="order\\ncheckout"];
  "inventory" [label="inventory\\ncheckout\\n3 for one at order"];
  "order" -> "inventory" [label="2 x 300 ms\\n1 x 1 s", penwidth=2];
}
`);
  });
});

test("what lies outside the cluster is drawn as such", () => {
  const cards = external("card-network", { owner: "checkout" });
  const where: Environment = {
    ...meshed,
    externals: {
      "card-network": {
        kind: "dns",
        host: "api.cards.example",
        port: 443,
        tls: { kind: "simple" },
        subnets: "public",
      },
    },
  };
  const graph = callGraph(resolve([order({ calls: () => [call(cards.api)] })], where), where);
  expect(graph.externals).toEqual([{ name: "card-network", owner: "checkout" }]);
  expect(mermaid(graph)).toContain(
    '  s1(["card-network<br>checkout, outside<br>1 for one at order"])\n  s0 -->|"1 x 1 s"| s1\n',
  );
  expect(dot(graph)).toContain(
    '  "card-network" [label="card-network\\ncheckout, outside\\n1 for one at order", style=rounded];\n',
  );
});

test("a service alone is no table", () => {
  const graph = callGraph(resolve([order()], environment), environment);
  expect(graphText(graph, { colour: false })).toBe("dev: 1 service, 0 calls\n");
});

test("of many chains a person sees the worst, and how many there are", () => {
  const shop = [
    order({
      calls: () => Array.from({ length: 25 }, (_, index) => call(new ApiReference(`callee-${index}`))),
    }),
    ...Array.from({ length: 25 }, (_, index) => other(`callee-${index}`, { image: "order" })),
  ];
  const text = graphText(callGraph(resolve(shop, environment), environment), { colour: false });
  expect(text).toContain("\nand 5 more that amplify no more than these\n");
  expect(text).toContain("\nand 5 more that get no more than these\n");
});
