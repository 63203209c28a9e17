import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  ApiReference,
  call,
  Duration,
  describePitfall,
  type Environment,
  type Pitfall,
  ProblemsError,
  pitfalls,
  postgres,
  resolve,
  rest,
  type Service,
} from "../../../../constructs/index.ts";
import { services as mountainPass } from "../../../../services/index.ts";
import { environments } from "../../../../stacks/environments.ts";
import { environment, inMesh, other } from "../../example.ts";
import { mutatedShops } from "../../mutations.ts";

const today = "2026-11-21";

function found(shop: readonly Service[], where: Environment = environment): readonly Pitfall[] {
  return pitfalls(resolve(shop, where), today);
}

const measured = (shop: readonly Service[], where?: Environment) =>
  found(shop, where).map((one) => `${one.service}: ${one.id}: ${one.measured}`);

/** A service of any name that calls others. */
function calling(name: string, callees: readonly string[], more: object = {}): Service {
  return other(name, {
    image: "order",
    calls: () => callees.map((callee) => call(new ApiReference(callee))),
    ...more,
  });
}

/** Each calls the next one, within less time the further down. */
function chain(...names: string[]): Service[] {
  return names.map((name, index) => {
    const next = names[index + 1];
    const timeout = Duration.seconds(10 - index);
    return calling(name, [], {
      ...(next && { calls: () => [call(new ApiReference(next), { timeout })] }),
    });
  });
}

describe.each(Object.values(environments))("MountainPass in $name", (where) => {
  test.each([where, inMesh(where)])("has walked into none, with $mesh.kind", (meshedOrNot) => {
    expect(found(mountainPass, meshedOrNot).map(describePitfall)).toEqual([]);
  });
});

test("nothing is nothing", () => {
  expect(pitfalls([], today)).toEqual([]);
});

describe("deep-chain", () => {
  test("three calls one after another are none", () => {
    expect(measured(chain("a", "b", "c", "d"))).toEqual([]);
  });

  test("a fourth one is, and its first service is told", () => {
    expect(measured(chain("a", "b", "c", "d", "e"))).toEqual([
      "a: deep-chain: a -> b -> c -> d -> e are 4 calls, each waiting for the next, and more than 3",
    ]);
  });
});

describe("wide-fan-out", () => {
  const wide = (count: number) => {
    const callees = Array.from({ length: count }, (_, index) => `b${index}`);
    return [calling("a", callees), ...callees.map((name) => calling(name, []))];
  };

  test("five callees are none", () => {
    expect(measured(wide(5))).toEqual([]);
  });

  test("a sixth one is", () => {
    expect(measured(wide(6))).toEqual([
      "a: wide-fan-out: it calls 6 services (b0, b1, b2, b3, b4, b5), and more than 5",
    ]);
  });
});

describe("sequential-calls", () => {
  const shop = (patience: number, more: object = {}) => [
    calling("a", [], {
      calls: () => [call(new ApiReference("b"), { timeout: Duration.millis(patience) })],
    }),
    calling("b", [], {
      calls: () => [
        call(new ApiReference("c"), { timeout: Duration.millis(300), attempts: 2 }),
        call(new ApiReference("d"), { timeout: Duration.millis(400) }),
      ],
      ...more,
    }),
    calling("c", []),
    calling("d", []),
  ];

  test("what fits one after another is none", () => {
    expect(measured(shop(1025))).toEqual([]);
  });

  test("what does not is, with both sums", () => {
    expect(measured(shop(1024))).toEqual([
      "b: sequential-calls: its calls (c 625 ms, d 400 ms) may take 1025 ms one after another, and a waits for 1024 ms",
    ]);
  });

  test("of several calls of one callee the longest counts", () => {
    const api = rest({ port: 3000, requests: { "GET /a": {}, "GET /b": {} } });
    const calls = () => [
      call(new ApiReference("c"), { requests: ["GET /a"], timeout: Duration.millis(600) }),
      call(new ApiReference("c"), { requests: ["GET /b"], timeout: Duration.millis(600) }),
      call(new ApiReference("d"), { timeout: Duration.millis(400) }),
    ];
    const [a, , , d] = shop(1000) as [Service, Service, Service, Service];
    expect(measured([a, calling("b", [], { calls }), calling("c", [], { api }), d])).toEqual([]);
  });

  test("the gateway waits as well", () => {
    const api = rest({ port: 3000, requests: { "GET /a": {} }, public: ["GET /a"] });
    const calls = () =>
      ["c", "d"].map((name) => call(new ApiReference(name), { timeout: Duration.seconds(11) }));
    expect(measured([calling("b", [], { api, calls }), calling("c", []), calling("d", [])])).toEqual([
      "b: sequential-calls: its calls (c 11000 ms, d 11000 ms) may take 22000 ms one after another, and the gateway waits for 20000 ms",
    ]);
  });
});

describe("single-pod-store", () => {
  const shop = [calling("a", ["b"]), calling("b", [], { database: postgres() })];

  test("is none where one replica of each service will do", () => {
    expect(measured(shop)).toEqual([]);
  });

  test("is one where there are more, with those that lean on it", () => {
    expect(measured(shop, { ...environment, minimumReplicas: 2 })).toEqual([
      "b: single-pod-store: b-database is one pod, on which a lean as well, while dev runs at least 2 of each service",
    ]);
  });

  test("is none where the store is managed", () => {
    const stores: Environment["stores"] = { postgres: { kind: "managed", subnets: ["10.0.0.0/24"] } };
    expect(measured(shop, { ...environment, minimumReplicas: 2, stores })).toEqual([]);
  });
});

describe("single-point-of-failure", () => {
  const last = calling("z", []);

  test("what two lean on is none", () => {
    expect(measured([calling("a", ["z"]), calling("b", ["z"]), last])).toEqual([]);
  });

  test("what three lean on, and every chain, is", () => {
    expect(measured([calling("a", ["z"]), calling("b", ["z"]), calling("c", ["z"]), last])).toEqual([
      "z: single-point-of-failure: a, b, c call it once and have no answer without it, and no chain of calls goes past it",
    ]);
  });

  test("what a chain goes past is none", () => {
    const past = [calling("d", ["e"]), calling("e", [])];
    expect(measured([calling("a", ["z"]), calling("b", ["z"]), calling("c", ["z"]), last, ...past])).toEqual(
      [],
    );
  });

  test("what one of them tries again is none", () => {
    const again = calling("c", [], { calls: () => [call(new ApiReference("z"), { attempts: 2 })] });
    expect(measured([calling("a", ["z"]), calling("b", ["z"]), again, last])).toEqual([]);
  });

  test("what one of them has an answer without is none", () => {
    const api = rest({ port: 3000, requests: { "GET /z": {} } });
    const without = calling("c", [], {
      calls: () => [call(new ApiReference("z"), { requests: ["GET /z"], degraded: { body: {} } })],
    });
    expect(measured([calling("a", ["z"]), calling("b", ["z"]), without, calling("z", [], { api })])).toEqual(
      [],
    );
  });
});

describe("chatty-pair", () => {
  const requests = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`GET /r${index}`, {}]));
  const callee = (count: number, more: object = {}, api: object = {}) =>
    calling("b", [], { api: rest({ port: 3000, requests: requests(count), ...api }), ...more });

  test("five kinds of requests are none", () => {
    expect(measured([calling("a", ["b"]), callee(5)])).toEqual([]);
  });

  test("six of a service that nobody else calls are", () => {
    expect(measured([calling("a", ["b"]), callee(6)])).toEqual([
      "a: chatty-pair: it asks 6 kinds of requests of b, more than 5; both are of checkout, and nobody else calls b",
    ]);
  });

  test("is none where somebody else calls, or another team owns it, or it is public", () => {
    expect(measured([calling("a", ["b"]), calling("c", ["b"]), callee(6)])).toEqual([]);
    const foreign = callee(6, { owner: "warehouse" }, { callers: ["checkout"] });
    expect(measured([calling("a", ["b"]), foreign])).toEqual([]);
    expect(measured([calling("a", ["b"]), callee(6, {}, { public: ["GET /r0"] })])).toEqual([]);
  });

  test("an API that names no requests says nothing", () => {
    expect(measured([calling("a", ["b"]), calling("b", [])])).toEqual([]);
  });
});

describe("a waiver", () => {
  const waived = (waivers: object[]) => {
    const [first, ...rest] = chain("a", "b", "c", "d", "e") as [Service, ...Service[]];
    return [other("a", { ...first.description, waivers }), ...rest];
  };
  const waiver = { pitfall: "deep-chain", reason: "e answers from memory" };

  test("of its owner silences the warning", () => {
    expect(measured(waived([waiver]))).toEqual([]);
  });

  test("counts on its last day", () => {
    expect(measured(waived([{ ...waiver, until: today }]))).toEqual([]);
  });

  test("that has ended is told, and so is what it waived", () => {
    expect(found(waived([{ ...waiver, until: "2026-11-20" }])).map(({ id }) => id)).toEqual([
      "deep-chain",
      "expired-waiver",
    ]);
  });

  test("of another service silences nothing, and is spare", () => {
    const [first, second, ...rest] = chain("a", "b", "c", "d", "e") as [Service, Service, ...Service[]];
    const shop = [first, other("b", { ...second.description, waivers: [waiver] }), ...rest];
    expect(measured(shop)).toEqual([
      "a: deep-chain: a -> b -> c -> d -> e are 4 calls, each waiting for the next, and more than 3",
      "b: spare-waiver: its waiver of deep-chain waives nothing",
    ]);
  });

  test("of what is in other environments only is not spare", () => {
    expect(measured([calling("a", [], { waivers: [{ ...waiver, pitfall: "single-pod-store" }] })])).toEqual(
      [],
    );
  });
});

test("a warning is one line: what was measured, why it hurts, what to do, and that it may be waived", () => {
  const [warning] = found(chain("a", "b", "c", "d", "e"));
  expect(describePitfall(warning as Pitfall)).toBe(
    "a: deep-chain: a -> b -> c -> d -> e are 4 calls, each waiting for the next, and more than 3; every call of a chain adds its latency and its failures to all before it (https://learn.microsoft.com/en-us/azure/architecture/microservices/design/interservice-communication); let one that is far down be told beforehand, by an event or a copy of its data, or join two of them, or say in its waivers why it stays",
  );
  expect(warning?.services).toEqual(["a", "b", "c", "d", "e"]);
});

test("any shop that resolves has its pitfalls told, always the same, and each can be waived", () => {
  fc.assert(
    fc.property(mutatedShops(), ({ services, environment: where }) => {
      const resolved = resolvedOr(services, where);
      fc.pre(resolved !== undefined);
      const first = pitfalls(resolved, today);
      expect(pitfalls(resolved, today)).toEqual(first);
      const silent = resolved.map((service) => ({
        ...service,
        waivers: first
          .filter(({ service: name, reference }) => name === service.name && reference !== undefined)
          .map(({ id }) => ({ pitfall: id as never, reason: "a test" })),
      }));
      expect(pitfalls(silent, today)).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

function resolvedOr(services: readonly Service[], where: Environment) {
  try {
    return resolve(services, where);
  } catch (error) {
    if (error instanceof ProblemsError) return undefined;
    throw error;
  }
}
