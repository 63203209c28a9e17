import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { addService, callByOrder } from "./added-service.ts";
import { type Outcome, succeeded } from "./checkout.ts";
import { ask } from "./load.ts";
import { MeshedShop } from "./mesh-shop.ts";
import { figures, type OpenLoop, type Sample, show, startOpenLoop } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** A new service and a new call of it, each deployed alone, while the world goes on asking through the gateway. */
export function inEitherOrder(scene: () => Scene): void {
  let orders: string;
  /** What was asked before there was anything new: an order that stands, with what payment says of it. */
  let reads: OpenLoop | undefined;
  /** Each of them asks every callee of order. */
  let posts: OpenLoop | undefined;
  const undo: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    orders = `${await scene().cluster.gateway()}/orders`;
  });

  afterEach(async () => {
    await stopped();
  });

  afterAll(async () => {
    const { checkout } = scene();
    try {
      for (const back of undo.reverse()) await back();
    } finally {
      const all = ["up", "-s", "dev", "--yes", "--skip-preview", "--non-interactive"];
      succeeded(await checkout.run("npx", "pulumi", ...all));
    }
  });

  test("callee, then caller: nothing that was asked fails", async () => {
    await described("shipping", ['call(shipping.api, { requests: ["POST /shippings"] })']);
    await started();
    await deployed("shipping");
    await deployed("order");
    await until("an order that shipping knows of", async () => posts?.samples ?? [], knownTo("shipping"), 2);
    const { read, posted } = await stopped();
    show("callee, then caller", { reads: figures(read), posts: figures(posted) });
    expectServed(read);
    expectPlaced(posted, isPlaced);
  });

  test("caller, then callee: until then its calls get what the description says, and all else goes on", async () => {
    const meshed = new MeshedShop(scene().cluster);
    await described("gift", [
      'call(gift.api, { requests: ["POST /gifts"] })',
      'call(gift.api, { requests: ["GET /gifts"], degraded: { body: { state: "unknown" } } })',
    ]);
    await started();
    const { stderr } = await deployed("order");
    expect(stderr).toContain("gift does not run in dev yet: until it is deployed, calls of it fail");
    await until("an order that gift is missed for", async () => posts?.samples ?? [], missed, 2);
    const gifts = "http://gift.dev-gift.svc:3000/gifts";
    const [write] = await meshed.asked("order", gifts, { method: "POST" });
    const [list] = await meshed.asked("order", gifts);
    await deployed("gift");
    await until("an order that gift knows of", async () => posts?.samples ?? [], knownTo("gift"), 2);
    const { read, posted } = await stopped();
    show("caller, then callee", { reads: figures(read), posts: figures(posted), write, list });

    expect(write?.status).toBe(503);
    expect(list).toMatchObject({ status: 200, text: '{"state":"unknown"}' });
    expectServed(read);
    expectPlaced(posted, (one) => isPlaced(one) || missesGift(one));
    const known = posted.findIndex((one) => knownTo("gift")([one]));
    expectPlaced(posted.slice(known), isPlaced);
  });

  /** As it is in the repository from now on, with an image that plays any service. */
  async function described(name: string, calls: readonly string[]): Promise<void> {
    const { checkout } = scene();
    // One by one: what was done is undone even if what follows fails.
    undo.push(await addService(checkout, name));
    undo.push(await callByOrder(checkout, name, calls));
    undo.push(
      await checkout.edit("stacks/images.dev.json", (text) => {
        const images = JSON.parse(text);
        images.services[name] = images.services.order;
        return JSON.stringify(images);
      }),
    );
  }

  async function deployed(service: string): Promise<Outcome> {
    return succeeded(await scene().checkout.run("npm", "run", "deploy", "--", "dev", service));
  }

  async function started(): Promise<void> {
    const { id } = JSON.parse(await ask(orders, { note: "before" }));
    reads = startOpenLoop(`${orders}/${id}`, { perSecond: 10 });
    posts = startOpenLoop(orders, { perSecond: 1, body: { note: "meanwhile" } });
  }

  async function stopped() {
    const [read = [], posted = []] = await Promise.all([reads?.stop(), posts?.stop()]);
    [reads, posts] = [undefined, undefined];
    return { read, posted };
  }
}

/** Each is answered 200; nearly all with what payment says, though fresh pods of order on a busy machine may be late once. */
function expectServed(reads: readonly Sample[]): void {
  expect(reads.filter(({ status }) => status !== 200)).toEqual([]);
  expect(reads.filter(isWhole).length).toBeGreaterThanOrEqual(nearlyAll * reads.length);
}

/** None is refused: each is answered as the description has it, but for a few that were too late, as above. */
function expectPlaced(posts: readonly Sample[], asDescribed: (one: Sample) => boolean): void {
  expect(posts.filter((one) => !asDescribed(one) && !isTooLate(one))).toEqual([]);
  expect(posts.filter(isTooLate).length).toBeLessThanOrEqual(Math.ceil((1 - nearlyAll) * posts.length));
}

const nearlyAll = 0.95;

function isPlaced({ status }: Sample): boolean {
  return status === 201;
}

/** What order says where a callee took longer than its call may, or a connection to it did. */
function isTooLate({ status, text }: Sample): boolean {
  return status === 504 || (status === 502 && /answered 504|connection timeout/.test(text));
}

/** With what payment says of it, not what is said in its place. */
function isWhole({ status, text }: Sample): boolean {
  return status === 200 && JSON.parse(text).calls.payment.service === "payment";
}

function knownTo(service: string) {
  return (samples: readonly Sample[]) =>
    samples.some(
      ({ status, text }) => status === 201 && JSON.parse(text).calls[service]?.service === service,
    );
}

/** Order's own answer where nobody is there to be asked; a refusal would be a 403. */
function missesGift({ status, text }: Sample): boolean {
  return status === 502 && JSON.parse(text).detail === "gift answered 503";
}

function missed(samples: readonly Sample[]): boolean {
  return samples.some(missesGift);
}
