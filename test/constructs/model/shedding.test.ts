import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  ApiReference,
  call,
  Duration,
  type GrpcMethods,
  grpc,
  type RequestClasses,
  type RequestName,
  resolve,
  rest,
  type Service,
} from "../../../constructs/index.ts";
import { resolvedRequests } from "../../../constructs/model/requests.ts";
import { type Importance, mostAdmitted, resolvedShedding } from "../../../constructs/model/shedding.ts";
import { milliseconds } from "../../../constructs/model/units.ts";
import { environment, order, other, problems, resolved } from "../example.ts";

const requests: RequestClasses = {
  "POST /orders": { importance: "critical" },
  "GET /orders/{id}": {},
  "GET /orders": { importance: "sheddable" },
};

test("a service that says nothing lets in twice what it serves at once, and never less than that", () => {
  expect(resolved(order()).api.shedding).toEqual({
    admissions: [{ importance: "normal", least: 100, most: 200, latency: Duration.millis(375) }],
  });
});

test("each importance has its share of the concurrency and of the deadline", () => {
  const deadline = Duration.seconds(2);
  const { shedding } = resolved(order({ api: rest({ port: 3000, requests, concurrency: 6, deadline }) })).api;
  expect(shedding.admissions).toEqual([
    { importance: "critical", least: 6, most: 24, latency: Duration.millis(1000) },
    { importance: "normal", least: 6, most: 12, latency: Duration.millis(750) },
    { importance: "sheddable", least: 2, most: 8, latency: Duration.millis(500) },
  ]);
  expect(mostAdmitted(shedding)).toBe(44);
});

test("a stream has no share, whatever it is worth", () => {
  const requests: GrpcMethods = { "shop.Orders/Watch": { streaming: true, importance: "critical" } };
  const { shedding } = resolved(order({ api: grpc({ port: 3000, requests }) })).api;
  expect(shedding.admissions.map(({ importance }) => importance)).toEqual(["normal"]);
});

test("whatever the concurrency, the less important never has more than the more important, and nobody has nothing", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 10, max: 20_000 }), (most, millis) => {
      const api = { requests: resolvedRequests(requests), concurrency: most };
      const { admissions } = resolvedShedding(api, Duration.millis(millis), []);
      expect(admissions.map(({ importance }) => importance)).toEqual(["critical", "normal", "sheddable"]);
      for (const [index, admission] of admissions.entries()) {
        const higher = admissions[index - 1] ?? admission;
        expect(admission.least).toBeGreaterThanOrEqual(1);
        // By itself it keeps every place of the replica busy, with one to follow.
        expect(admission.most).toBeGreaterThan(most);
        expect(admission.least).toBeLessThanOrEqual(higher.least);
        expect(admission.most).toBeLessThanOrEqual(higher.most);
        expect(milliseconds(admission.latency)).toBeLessThanOrEqual(milliseconds(higher.latency));
        expect(milliseconds(admission.latency)).toBeGreaterThan(0);
      }
    }),
  );
});

/** One that waits this many milliseconds for some requests of order, or for whatever it answers. */
const waiting = (name: string, timeout: number, ...asked: RequestName[]) =>
  other(name, {
    calls: () => [
      call(new ApiReference("order"), {
        timeout: Duration.millis(timeout),
        ...(asked.length > 0 && { requests: asked }),
      }),
    ],
  });

/** By importance, from when on a replica of order lets in fewer. */
function latencies(...callers: Service[]): Record<string, number> {
  const shop = resolve([order({ api: rest({ port: 3000, requests }) }), ...callers], environment);
  const { admissions } = shop[0]?.api.shedding ?? { admissions: [] };
  return Object.fromEntries(admissions.map(({ importance, latency }) => [importance, milliseconds(latency)]));
}

test("where no deadline is given, none outlasts a caller that asks what is worth as much or more", () => {
  const calm = { critical: 500, normal: 375, sheddable: 250 };
  expect(latencies()).toEqual(calm);
  expect(latencies(waiting("payment", 5000))).toEqual(calm);
  expect(latencies(waiting("payment", 800, "POST /orders"))).toEqual({
    critical: 400,
    normal: 300,
    sheddable: 200,
  });
  expect(latencies(waiting("payment", 800, "GET /orders/{id}"), waiting("inventory", 400))).toEqual({
    critical: 200,
    normal: 150,
    sheddable: 100,
  });
  expect(latencies(waiting("payment", 300, "GET /orders/{id}"))).toEqual({
    critical: 500,
    normal: 113,
    sheddable: 75,
  });
  expect(latencies(waiting("payment", 300, "GET /orders"))).toEqual({ ...calm, sheddable: 75 });
});

test("even where a caller waits a millisecond there is a threshold, for Envoy takes no 0", () => {
  expect(latencies(waiting("payment", 1))).toEqual({ critical: 1, normal: 1, sheddable: 1 });
});

test("a deadline that is given outlasts no caller, or the edge is named", () => {
  const described = (deadline: Duration) => order({ api: rest({ port: 3000, requests, deadline }) });
  const shop = (deadline: Duration) => [
    described(deadline),
    waiting("payment", 800),
    waiting("inventory", 300, "GET /orders/{id}"),
  ];
  expect(problems(shop(Duration.millis(300)))).toEqual([]);
  expect(problems(shop(Duration.millis(301)))).toEqual([
    "order: api.deadline is 301 ms, but inventory -> order gives up after 300 ms; leave it out or lower it to 300 ms or less, or raise the timeout of that call",
  ]);
});

test("a caller that waits for less than any deadline may be leaves nothing to lower", () => {
  const api = rest({ port: 3000, requests, deadline: Duration.millis(10) });
  expect(problems([order({ api }), waiting("payment", 10)])).toEqual([]);
  expect(problems([order({ api }), waiting("payment", 9)])).toEqual([
    "order: api.deadline is 10 ms, but payment -> order gives up after 9 ms; leave it out, or raise the timeout of that call",
  ]);
});

test("a stream waits for no answer, and so shortens no deadline", () => {
  const requests: GrpcMethods = { "shop.Orders/Watch": { streaming: true }, "shop.Orders/Get": {} };
  const caller = other("payment", {
    calls: () => [
      call(new ApiReference("order"), { requests: ["shop.Orders/Watch"], timeout: Duration.millis(100) }),
    ],
  });
  const api = (more: object) => order({ api: grpc({ port: 4000, requests, ...more }) });
  expect(problems([api({ deadline: Duration.millis(800) }), caller])).toEqual([]);
  const [{ shedding } = { shedding: undefined }] = resolve([api({}), caller], environment).map(
    ({ api }) => api,
  );
  expect(shedding?.admissions.map(({ latency }) => milliseconds(latency))).toEqual([375]);
});

test("an importance is one of three, and a deadline has its range", () => {
  const odd = { "GET /orders": { importance: "high" as Importance } };
  expect(
    problems([order({ api: rest({ port: 3000, requests: odd, deadline: Duration.millis(1) }) })]),
  ).toEqual([
    'order: api.requests["GET /orders"].importance is high, but must be "critical" or "normal" or "sheddable"; choose one of them',
    "order: api.deadline is 1 ms, but must be whole milliseconds from 10 ms to 20 s; write for example Duration.millis(200)",
  ]);
});
