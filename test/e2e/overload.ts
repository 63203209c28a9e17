import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import {
  Cpu,
  call,
  Duration,
  type Environment,
  type Manifest,
  render,
  resolve,
  rest,
  Size,
  service,
} from "../../constructs/index.ts";
import type { ResolvedService } from "../../constructs/model/resolve.ts";
import { mostAdmitted } from "../../constructs/model/shedding.ts";
import { environments } from "../../stacks/environments.ts";
import { inMesh } from "../constructs/example.ts";
import type { Answered, LoadOfClasses } from "./in-mesh-load.ts";
import { show } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** What the till bears: 4 requests at once, each of which takes 100 ms. */
const capacity = { concurrency: 4, milliseconds: 100 };
const perSecond = (capacity.concurrency * 1000) / capacity.milliseconds;

const requests = {
  "POST /orders": { importance: "critical" },
  "GET /orders": { importance: "sheddable" },
} as const;

/** Serves at a set rate; what it cannot serve at once waits, as in most servers, without a bound of its own. */
const till = service("till", {
  owner: "checkout",
  api: rest({ port: 3000, requests, concurrency: capacity.concurrency }),
  resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) },
  configuration: {
    env: {
      CAPACITY_CONCURRENCY: `${capacity.concurrency}`,
      CAPACITY_SERVICE_TIME: `${capacity.milliseconds}ms`,
      CAPACITY_QUEUE: "1000000",
    },
  },
});

/** Its caller, in whose pod the load is made. */
const shoppers = service("shoppers", {
  owner: "checkout",
  api: rest({ port: 3000 }),
  resources: { cpu: Cpu.millis(100), memory: Size.mebibytes(256) },
  calls: () => [call(till.api, { timeout: Duration.seconds(1) })],
});

/** Three times the capacity: most of it by those who only look. */
const overload: LoadOfClasses["classes"] = {
  checkout: { method: "POST", perSecond: 0.6 * perSecond },
  browsing: { method: "GET", perSecond: 2.4 * perSecond },
};

/** A service of a set capacity in the mesh, and three times as much asked of it. */
export function overloaded(scene: () => Scene): void {
  let environment: Environment;

  beforeAll(async () => {
    environment = await placed(scene());
    const manifests = render(resolve([till, shoppers], environment)).flatMap(({ manifests }) => manifests);
    await applied(scene(), manifests);
    for (const { name } of [till, shoppers])
      await scene().cluster.kubectl(
        ...["rollout", "status", "-n", home(name), `deployment/${name}`, "--timeout=180s"],
      );
  });

  afterAll(async () => {
    await scene().cluster.kubectl("delete", "namespace", home("till"), home("shoppers"), "--wait=false");
  });

  test("Envoy takes the filters: one for each importance, last before the application", async () => {
    expect(await filtersWhen(scene(), (names) => names.some(isShedding))).toEqual([
      "pressurevalve.shedding.critical",
      "pressurevalve.shedding.normal",
      "pressurevalve.shedding.sheddable",
      "envoy.filters.http.router",
    ]);
    const refused = await sidecar(scene(), "stats?filter=update_rejected");
    expect(refused).toMatch(/listener_manager\.lds\.update_rejected: 0/);
  });

  test("at three times its capacity it serves 90 % of it and more, and checkout before browsing", async () => {
    const found = figures(await load(scene(), overload));
    show("overload, with shedding", found);
    expect(found.goodput).toBeGreaterThanOrEqual(0.9);
    expect(found.checkout.served).toBeGreaterThanOrEqual(0.95);
    expect(found.browsing.served).toBeLessThan(found.checkout.served);
    const { 200: served = 0, 429: refused = 0, ...others } = found.browsing.byStatus;
    // 503 would open the breaker of the caller, for checkout as well.
    expect(others).not.toHaveProperty("503");
    expect(refused).toBeGreaterThan(0);
    expect(served + refused).toBeGreaterThanOrEqual(0.99 * found.browsing.asked);
  });

  test("where only browsing comes, browsing has all of it", async () => {
    const found = figures(await load(scene(), { browsing: { method: "GET", perSecond: 3 * perSecond } }));
    show("overload by browsing alone, with shedding", found);
    expect(found.goodput).toBeGreaterThanOrEqual(0.9);
  });

  test("when each answer takes half a second more, no more is under way there than its sidecar lets in", async () => {
    const letIn = mostAdmitted(descriptionOf("till", environment).api.shedding);
    // Within the caller's patience: it is not the caller's breaker that keeps requests away.
    const added = 500;
    const without = (3 * perSecond * added) / 1000;
    const since = new Date();
    await fault(scene(), `delay=${added}ms`);
    const found = await load(scene(), overload)
      .then(figures)
      .finally(() => fault(scene(), ""));
    const most = await mostUnderWay(scene(), since);
    show("overload of a till that takes longer, with shedding", {
      mostUnderWay: most,
      letIn,
      without,
      ...found,
    });
    expect(letIn).toBeLessThan(without);
    expect(most).toBeLessThanOrEqual(letIn);
    // What is in force refuses with 429; a breaker or a full pool would with 503.
    expect(found.browsing.byStatus).toHaveProperty("429");
    expect(found.browsing.byStatus).not.toHaveProperty("503");
  });

  test("the plain mesh serves less: what is served is the filters' doing", async () => {
    await scene().cluster.kubectl("delete", "envoyfilter", "-n", home("till"), "shedding");
    await filtersWhen(scene(), (names) => !names.some(isShedding));
    // The breaker that the slow till has opened.
    await until(
      "an answer of the till",
      async () => (await load(scene(), { checkout: { method: "POST", perSecond: 2 } }, 1)).at(-1)?.status,
      (status) => status === 201,
      1,
    );
    const found = figures(await load(scene(), overload));
    show("overload, plain mesh", found);
    expect(found.goodput).toBeLessThan(0.9);
    expect(found.checkout.served).toBeLessThan(0.95);
  });
}

function descriptionOf(service: string, environment: Environment): ResolvedService {
  const found = resolve([till, shoppers], environment).find(({ name }) => name === service);
  if (found === undefined) throw new Error(`there is no ${service}`);
  return found;
}

function home(name: string): string {
  return `overload-${name}`;
}

/** Dev's values in a mesh, under names of its own, with the image that plays any service. */
async function placed({ checkout }: Scene): Promise<Environment> {
  const images = JSON.parse(await readFile(join(checkout.folder, "stacks", "images.dev.json"), "utf8"));
  const image = images.services.order;
  const dev = {
    ...environments.dev,
    namespacePrefix: "overload-",
    sizing: {},
    images: { till: image, shoppers: image },
  };
  return inMesh(dev);
}

async function applied({ cluster }: Scene, manifests: readonly Manifest[]): Promise<void> {
  const { failed, stderr } = await cluster.apply([...manifests]);
  if (failed) throw new Error(stderr);
}

/** The names of the filters of the API's port from the first that sheds on, as the sidecar has them. */
async function filtersWhen(scene: Scene, holds: (names: readonly string[]) => boolean): Promise<string[]> {
  const names = await until("the filters of the till", () => filters(scene), holds, 1);
  return names.slice(names.findIndex((name) => isShedding(name)));
}

function isShedding(name: string): boolean {
  return name.startsWith("pressurevalve.shedding.");
}

async function filters(scene: Scene): Promise<string[]> {
  const dump = JSON.parse(await sidecar(scene, "config_dump?resource=dynamic_listeners"));
  const inbound = dump.configs.find(({ name }: { name: string }) => name === "virtualInbound");
  const chains = inbound.active_state.listener.filter_chains as Chain[];
  const chain = chains.find(({ filter_chain_match: match }) => match?.destination_port === 3000);
  const all = (chain?.filters ?? []).flatMap(({ typed_config }) => typed_config?.http_filters ?? []);
  return all.map(({ name }) => name);
}

interface Chain {
  readonly filter_chain_match?: { readonly destination_port?: number };
  readonly filters: readonly {
    readonly typed_config?: { readonly http_filters?: readonly { name: string }[] };
  }[];
}

/** What the Envoy beside the till tells of itself. */
function sidecar({ cluster }: Scene, path: string): Promise<string> {
  return cluster.kubectl(
    ...["exec", "-n", home("till"), "deployment/till", "-c", "istio-proxy", "--"],
    ...["pilot-agent", "request", "GET", path],
  );
}

async function fault({ cluster }: Scene, words: string): Promise<void> {
  await cluster.kubectl(
    ...["exec", "-n", home("till"), "deployment/till", "-c", "till", "--"],
    ...["/usr/bin/node", "/app/stand-in.mjs", "fault", ...words.split(" ").filter(Boolean)],
  );
}

const warmUp = 3;
const measured = 9;

/** Load from inside the mesh, made by the Node of the caller's own image. */
async function load(
  { cluster }: Scene,
  classes: LoadOfClasses["classes"],
  seconds = warmUp + measured,
): Promise<Answered[]> {
  const told: LoadOfClasses = { url: `http://till.${home("till")}.svc:3000/orders`, seconds, classes };
  const { stdout } = await execa(
    "kubectl",
    [
      ...["exec", "-i", "-n", home("shoppers"), "deployment/shoppers", "-c", "shoppers", "--"],
      ...["/usr/bin/node", "--input-type=module-typescript", "-", JSON.stringify(told)],
    ],
    { env: cluster.env, input: await readFile(join(import.meta.dirname, "in-mesh-load.ts"), "utf8") },
  );
  return JSON.parse(stdout);
}

/** How the till fared after its limits had settled. */
function figures(answers: readonly Answered[]) {
  const settled = answers.filter(({ sentMs }) => sentMs >= warmUp * 1000);
  const classes = { checkout: figuresOf(settled, "checkout"), browsing: figuresOf(settled, "browsing") };
  const good = classes.checkout.good + classes.browsing.good;
  return { goodput: rounded(good / (measured * perSecond)), ...classes };
}

function figuresOf(answers: readonly Answered[], name: string) {
  const own = answers.filter((answer) => answer.name === name);
  const good = own.filter(({ status }) => status >= 200 && status < 300);
  const times = good.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
  const at = (share: number) => Math.round(times[Math.floor(times.length * share)] ?? 0);
  const statuses = Object.groupBy(own, ({ status }) => status);
  return {
    asked: own.length,
    good: good.length,
    served: rounded(good.length / own.length),
    byStatus: Object.fromEntries(Object.entries(statuses).map(([status, some]) => [status, some?.length])),
    ...{ p50Ms: at(0.5), p99Ms: at(0.99) },
  };
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}

/** The most requests that the till had before it at one moment, by its own log. */
async function mostUnderWay({ cluster }: Scene, since: Date): Promise<number> {
  const text = await cluster.kubectl(
    ...["logs", "-n", home("till"), "deployment/till", "-c", "till", `--since-time=${since.toISOString()}`],
  );
  const steps = text
    .split("\n")
    .filter((line) => line.includes('"message":"request"') && !line.includes('"path":"/health/'))
    .map((line) => JSON.parse(line) as { time: string; duration_ms: number })
    .flatMap(({ time, duration_ms }): [number, 1 | -1][] => [
      [Date.parse(time) - duration_ms, 1],
      [Date.parse(time), -1],
    ])
    // Who leaves makes room for who comes at the same moment.
    .sort(([one, step], [other, next]) => one - other || step - next);
  let [underWay, most] = [0, 0];
  for (const [, step] of steps) {
    underWay += step;
    most = Math.max(most, underWay);
  }
  return most;
}
