import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Duration, type GrpcMethods, grpc, type RequestClasses, rest } from "../../../constructs/index.ts";
import { resolvedRequests } from "../../../constructs/model/requests.ts";
import { type Importance, mostAdmitted, resolvedShedding } from "../../../constructs/model/shedding.ts";
import { milliseconds } from "../../../constructs/model/units.ts";
import { order, problems, resolved } from "../example.ts";

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
      const { admissions } = resolvedShedding(resolvedRequests(requests), most, Duration.millis(millis));
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

test("an importance is one of three, and a deadline has its range", () => {
  const odd = { "GET /orders": { importance: "high" as Importance } };
  expect(
    problems([order({ api: rest({ port: 3000, requests: odd, deadline: Duration.millis(1) }) })]),
  ).toEqual([
    'order: api.requests["GET /orders"].importance is high, but must be "critical" or "normal" or "sheddable"; choose one of them',
    "order: api.deadline is 1 ms, but must be whole milliseconds from 10 ms to 20 s; write for example Duration.millis(200)",
  ]);
});
