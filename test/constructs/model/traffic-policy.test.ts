import { expect, test } from "@jest/globals";
import { Duration, rest, type TrafficPolicy } from "../../../constructs/index.ts";
import { order, problems, resolved } from "../example.ts";

const api = (policy: TrafficPolicy) => ({ api: rest({ port: 3000, ...policy }) });

test("a service that says nothing is given up for 30 s after 5 failures", () => {
  expect(resolved(order()).api).toMatchObject({
    concurrency: 100,
    circuitBreaker: { consecutive5xxErrors: 5, baseEjectionTime: Duration.seconds(30) },
    retryBudget: 0.2,
    warmup: Duration.seconds(30),
  });
});

test("what is said of the breaker leaves the rest of it as it is", () => {
  const { circuitBreaker } = resolved(order(api({ circuitBreaker: { consecutive5xxErrors: 3 } }))).api;
  expect(circuitBreaker).toEqual({ consecutive5xxErrors: 3, baseEjectionTime: Duration.seconds(30) });
});

test("each field has its range", () => {
  const circuitBreaker = {
    consecutive5xxErrors: 101,
    baseEjectionTime: Duration.minutes(6),
    maxEjectionPercent: 10,
  };
  expect(
    problems([order(api({ concurrency: 0, circuitBreaker, retryBudget: 20, warmup: Duration.millis(1) }))]),
  ).toEqual([
    "order: api.concurrency is 0, but must be at least 1; a replica that serves nothing is none",
    "order: api.circuitBreaker.consecutive5xxErrors is 101, but must be at most 100; a breaker that never opens protects nobody",
    "order: api.circuitBreaker.baseEjectionTime is 6 min, but must be whole seconds from 1 s to 5 min; write for example Duration.seconds(30)",
    "order: api.circuitBreaker.maxEjectionPercent is no such field; take it out",
    "order: api.retryBudget is 20, but must be a share from 0.01 to 1; write for example 0.2",
    "order: api.warmup is 1 ms, but must be whole seconds from 1 s to 15 min; write for example Duration.seconds(30)",
  ]);
});
