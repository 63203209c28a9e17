import { expect, test } from "@jest/globals";
import { Duration, type RequestClasses, render, resolve, rest } from "../../../constructs/index.ts";
import { milliseconds } from "../../../constructs/model/units.ts";
import { services as mountainPass } from "../../../services/index.ts";
import { environments } from "../../../stacks/environments.ts";
import { find, inMesh, meshed, names, order, rendered } from "../example.ts";

const rule = (more: object) => find(rendered(order(more), meshed), "DestinationRule").spec;

test("without a mesh there is no DestinationRule", () => {
  expect(names(rendered(order()), "DestinationRule")).toEqual([]);
});

test.each([
  [{ kind: "fixed", replicas: 4 }, {}, 80],
  [{ kind: "autoscaled", min: 2, max: 9 }, {}, 180],
  [{ kind: "fixed", replicas: 4 }, { "POST /orders": { importance: "critical" } }, 240],
])("a pool is what all replicas of %j let in, with requests %j, and as many may wait for a connection", (scaling, requests, pool) => {
  const named = Object.keys(requests).length > 0 ? { requests: requests as RequestClasses } : {};
  const api = rest({ port: 3000, concurrency: 10, ...named });
  const { connectionPool } = rule({ scaling, api }).trafficPolicy;
  expect(connectionPool).toEqual({
    tcp: { maxConnections: pool, connectTimeout: "250ms" },
    http: { http2MaxRequests: pool, http1MaxPendingRequests: pool },
  });
});

test("where MountainPass retries, a replica that cannot be reached leaves time for another one", () => {
  const shop = resolve(mountainPass, inMesh(environments.production));
  const objects = render(shop);
  const retried = shop.flatMap(({ calls }) => calls.filter(({ attempts }) => attempts > 1));
  expect(retried.length).toBeGreaterThan(0);
  for (const { callee, timeout } of retried) {
    const policy = find(objects.find(({ name }) => name === callee) as never, "DestinationRule", callee).spec
      .trafficPolicy;
    expect(Number.parseInt(policy.connectionPool.tcp.connectTimeout, 10)).toBeLessThanOrEqual(
      milliseconds(timeout),
    );
  }
});

test("retries have a budget, and new replicas warm up", () => {
  const { retryBudget, loadBalancer } = rule({
    api: rest({ port: 3000, retryBudget: 0.07, warmup: Duration.minutes(1) }),
  }).trafficPolicy;
  expect(retryBudget).toEqual({ percent: 7, minRetryConcurrency: 3 });
  expect(loadBalancer).toMatchObject({ simple: "LEAST_REQUEST", warmup: { duration: "60s" } });
});

test("requests stay in their zone where each zone has its replicas, and nowhere else", () => {
  const locality = (zoneSpread: "required" | "preferred") =>
    find(rendered(order(), { ...meshed, zoneSpread }), "DestinationRule").spec.trafficPolicy.loadBalancer
      .localityLbSetting;
  expect(locality("required")).toEqual({ enabled: true });
  expect(locality("preferred")).toEqual({ enabled: false });
});
