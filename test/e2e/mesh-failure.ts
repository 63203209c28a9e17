import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { resolve } from "../../constructs/index.ts";
import type { ResolvedCall } from "../../constructs/model/calls.ts";
import type { ResolvedService } from "../../constructs/model/resolve.ts";
import { milliseconds } from "../../constructs/model/units.ts";
import { services } from "../../services/index.ts";
import { callGraph } from "../../stacks/delivery/graph/call-graph.ts";
import { environments } from "../../stacks/environments.ts";
import { latencies } from "../../tools/cluster/platform/mesh-config.ts";
import { ask } from "./load.ts";
import { MeshedShop, type Served, type Times } from "./mesh-shop.ts";
import { figures, type OpenLoop, percentile, type Sample, show, startOpenLoop } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

const shop = resolve(services, environments.dev);
const graph = callGraph(shop, environments.dev);

/** How order reads payment: the call that has a degraded answer. */
const read = callOf("payment", ({ degraded }) => degraded !== undefined);

/**
 * How long order may wait for what it reads of payment, all attempts together: the first bound of the sidecars' histograms
 * that this budget fits under, for they know no times between their bounds.
 */
const longestRead = latencies.find((bound) => bound >= milliseconds(read.budget)) ?? 0;

/**
 * So long may those wait who read an order: what it waits for payment, and half a second for all the rest, which is the
 * gateway, order itself with its database, and a machine that does other work.
 */
const longestAnswer = milliseconds(read.budget) + 500;

/** What becomes of the shop when what it leans on fails, or is slow. */
export function failure(scene: () => Scene): void {
  let meshed: MeshedShop;
  let orders: string;
  let order: string;
  let load: OpenLoop | undefined;
  let letGo: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    meshed = new MeshedShop(scene().cluster);
    // A pod that goes takes along what its sidecar has counted, and its log.
    letGo = await meshed.held("order");
    orders = `${await scene().cluster.gateway()}/orders`;
    const { id } = JSON.parse(await ask(orders, { note: "to be read" }));
    order = `${orders}/${id}`;
  });

  afterEach(async () => {
    await load?.stop();
    load = undefined;
    for (const service of ["payment", "inventory"]) await meshed.fault(service, "");
  });

  afterAll(async () => {
    await letGo?.();
  });

  test("inventory fails, now and then or altogether: it gets no more requests than the chain's amplification allows", async () => {
    const end = graph.allChains.between.find(({ first, last }) => first === "order" && last === "inventory");
    const computed = end?.requests ?? 0;
    expect(computed).toBeGreaterThan(1);
    // One in ten: five in a row, which open the breaker, are not to be expected.
    const [now, altogether] = [await asked("status=503 rate=0.1"), await asked("status=503")];
    show("inventory failing", { computed, nowAndThen: now, altogether });
    for (const { perOrder } of [now, altogether]) expect(perOrder).toBeLessThanOrEqual(computed);
    // Retries there were; and where all is lost, the breaker opens.
    expect(now.perOrder).toBeGreaterThan(1);
    expect(altogether.perOrder).toBeLessThan(1);
  });

  test("payment fails for two and a half ejections: order answers degraded in time, payment is left alone, and all recovers by itself", async () => {
    const ejection = milliseconds(read.baseEjectionTime);
    const opened = () => meshed.statistic("order", ejections);
    const [openedBefore, timesBefore] = [await opened(), await meshed.outboundTimes("order")];
    load = startOpenLoop(order, { perSecond: 20 });
    await until(
      "whole answers",
      async () => load?.samples.length ?? 0,
      (count) => count >= 40,
      1,
    );
    const failing = Date.now();
    await meshed.fault("payment", "status=503");
    const failed = Date.now();
    await sleep(2.5 * ejection);
    const mending = Date.now();
    await meshed.fault("payment", "");
    const mended = Date.now();
    // About 30 s: the rest of the ejection that has begun, with room for a machine that is busy.
    await until(
      "a whole answer",
      async () => load?.samples.some((one) => one.sent > mended && isWhole(one)) ?? false,
      Boolean,
      1,
    );
    await sleep(5000);
    const samples = await load.stop();
    const asked = (await meshed.served("payment", failing)).filter(isRead);

    const before = samples.filter(({ sent, milliseconds }) => sent + milliseconds < failing);
    const during = samples.filter(({ sent }) => sent >= failed && sent < mending);
    const lastDegraded = Math.max(...samples.filter(isDegraded).map(({ sent }) => sent));
    const duringPayment = asked.filter(({ done }) => done >= failing && done < mending);
    const ejected = (await opened()) - openedBefore;
    const inTime = await shareInTime(timesBefore, samples.length);
    show("payment failing", {
      ...{ outageSeconds: Math.round((mended - failed) / 1000), ejections: ejected },
      before: figures(before),
      during: figures(during),
      ...{ askedOfOrder: during.length, askedOfPayment: duringPayment.length },
      ...{ shareOfReadsInTime: inTime, longestRead },
      secondsToRecover: Math.max(0, lastDegraded - mended) / 1000,
    });

    // Nobody outside notices but by what is missing.
    expect(samples.filter(({ status }) => status !== 200)).toEqual([]);
    expect(before.every(isWhole)).toBe(true);
    expect(during.every(isDegraded)).toBe(true);
    expect(inTime).toBeGreaterThanOrEqual(0.99);
    expect(percentile(during, 0.99)).toBeLessThanOrEqual(longestAnswer);
    expect(ejected).toBeGreaterThanOrEqual(3);
    expect(duringPayment.length).toBeLessThan(during.length / 10);
    expect(lastDegraded - mended).toBeLessThan(ejection + 10_000);
  });

  test("payment takes 2 s: order waits no longer than its budget, and the breaker keeps the requests under way at payment few", async () => {
    const [perSecond, delay] = [30, 2000];
    const opened = () => meshed.statistic("order", ejections);
    const [openedBefore, timesBefore] = [await opened(), await meshed.outboundTimes("order")];
    const since = Date.now();
    await meshed.fault("payment", `delay=${delay}ms`);
    load = startOpenLoop(order, { perSecond });
    await sleep(12_000);
    const sidecars = (await meshed.pods("order")).length;
    const samples = await load.stop();
    // What was begun is worked on to its end, whether or not the caller has left.
    await sleep(delay);
    const most = mostUnderWay((await meshed.served("payment", since)).filter(isRead), delay);
    const inTime = await shareInTime(timesBefore, samples.length);
    const [withBreaker, without] = [mostBeforeItOpens(samples, sidecars), (perSecond * delay) / 1000];
    show("payment slow", {
      ...figures(samples),
      ...{ degraded: samples.filter(isDegraded).length, shareOfReadsInTime: inTime, longestRead },
      ...{ mostUnderWayAtPayment: most, withBreaker, without, ejections: (await opened()) - openedBefore },
    });
    expect(samples.filter(({ status }) => status !== 200)).toEqual([]);
    expect(samples.filter(isDegraded).length).toBeGreaterThan(samples.length / 2);
    expect(inTime).toBeGreaterThanOrEqual(0.99);
    expect(percentile(samples, 0.99)).toBeLessThanOrEqual(longestAnswer);
    expect(await opened()).toBeGreaterThan(openedBefore);
    expect(most).toBeLessThanOrEqual(withBreaker);
    expect(most).toBeLessThan(without);
  });

  /** Of what order's sidecars asked since, the share that was answered within the budget; Envoy counts it up every 5 s. */
  async function shareInTime(before: Times, atLeast: number): Promise<number> {
    const times = await until(
      "all times of order",
      async () => timesSince(before, await meshed.outboundTimes("order")),
      (since) => since(Number.POSITIVE_INFINITY) >= atLeast,
      1,
    );
    return times(longestRead) / times(Number.POSITIVE_INFINITY);
  }

  /** Places orders for a while, and tells how many requests inventory got for each. */
  async function asked(fault: string) {
    const since = Date.now();
    await meshed.fault("inventory", fault);
    load = startOpenLoop(orders, { perSecond: 10, body: { note: "amplified" } });
    await sleep(8000);
    const samples = await load.stop();
    const posted = async (service: string) =>
      (await meshed.served(service, since)).filter(({ method }) => method === "POST").length;
    // What order itself was asked: those who ask it have breakers, too.
    const [askedOfOrder, askedOfInventory] = [await posted("order"), await posted("inventory")];
    return { ...figures(samples), askedOfOrder, askedOfInventory, perOrder: askedOfInventory / askedOfOrder };
  }
}

const ejections = /^cluster\.outbound\|\d+\|\|payment\..*\.outlier_detection\.ejections_enforced_total$/;

/**
 * What is begun before each of order's sidecars has seen the failures that open its breaker, each of them at its timeout.
 * As many come meanwhile as came at the most: after a stall of the machine the load makes up for it in a burst.
 */
function mostBeforeItOpens(samples: readonly Sample[], sidecars: number): number {
  const { consecutive5xxErrors } = descriptionOf("payment").api.circuitBreaker;
  const begun = samples.map(({ sent }) => sent);
  return read.attempts * (mostWithin(begun, milliseconds(read.timeout)) + sidecars * consecutive5xxErrors);
}

/** How many were answered within a bound, between two looks at the pods that there are. */
function timesSince(before: Times, after: Times): (bound: number) => number {
  const within = (bound: number, times: ReadonlyMap<number, number> | undefined) => times?.get(bound) ?? 0;
  return (bound) =>
    [...after].reduce((sum, [pod, now]) => sum + within(bound, now) - within(bound, before.get(pod)), 0);
}

function callOf(callee: string, which: (call: ResolvedCall) => boolean): ResolvedCall {
  const call = descriptionOf("order").calls.find((one) => one.callee === callee && which(one));
  if (call === undefined) throw new Error(`order has no such call of ${callee}`);
  return call;
}

function descriptionOf(service: string): ResolvedService {
  const found = shop.find(({ name }) => name === service);
  if (found === undefined) throw new Error(`there is no ${service}`);
  return found;
}

/** What payment says stands in the answer of order. */
function paymentIn({ status, text }: Sample): unknown {
  return status === 200 ? JSON.parse(text).calls.payment : undefined;
}

function isDegraded(sample: Sample): boolean {
  return JSON.stringify(paymentIn(sample)) === read.degraded?.body;
}

function isWhole(sample: Sample): boolean {
  return (paymentIn(sample) as { service?: string } | undefined)?.service === "payment";
}

function isRead({ method }: Served): boolean {
  return method === "GET";
}

/** The most that were worked on at once, if each took its time to the end. */
function mostUnderWay(served: readonly Served[], delay: number): number {
  return mostWithin(
    served.map(({ done, milliseconds }) => done - milliseconds),
    delay,
  );
}

/** The most moments that lie within one span of time. */
function mostWithin(moments: readonly number[], span: number): number {
  return Math.max(0, ...moments.map((end) => moments.filter((one) => one <= end && one > end - span).length));
}
