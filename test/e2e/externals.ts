import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { call, Duration, external, JsonPatch, rest, type Service, service } from "../../constructs/index.ts";
import { withoutMesh } from "../constructs/example.ts";
import { show } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { SmallShop } from "./small-shop.ts";
import { until } from "./until.ts";

/** Two addresses of what is declared, and what nobody has declared; without sidecars, as anything outside a mesh. */
const world = ["east", "west", "elsewhere"].map((name) =>
  service(name, { owner: "others", image: "order", api: rest({ port: 3000 }) }),
);

const legacyStock = external("legacy-stock", {
  owner: "warehouse",
  requests: { "GET /stocks": {}, "POST /stocks": {} },
});

const partner = external("partner", { owner: "warehouse", requests: { "POST /stocks": {} } });

/** A partner's names, and where they lead. */
interface Names {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

/** The local cluster's DNS knows no names outside, so that pods are told them in the file that is asked before it. */
function counter(names: Names): Service {
  return service("counter", {
    owner: "warehouse",
    image: "order",
    api: rest({ port: 3000 }),
    calls: () => [
      call(legacyStock.api, { requests: ["GET /stocks"], timeout: Duration.millis(500), attempts: 2 }),
      call(legacyStock.api, { requests: ["POST /stocks"], timeout: Duration.seconds(1) }),
      call(partner.api),
    ],
    patches: [
      {
        kind: "Deployment",
        name: "counter",
        operations: [JsonPatch.add("/spec/template/spec/hostAliases", [names])],
        reason: "a partner's name that no DNS knows",
      },
    ],
  });
}

/** Beside it in the mesh, and calls nothing. */
const neighbour = service("neighbour", { owner: "warehouse", image: "order", api: rest({ port: 3000 }) });

const stocks = "$LEGACY_STOCK_URL/stocks";
const written = JSON.stringify({ sku: "ice-axe" });

/** What an external is to those who call it, and to those who do not. */
export function externals(scene: () => Scene): void {
  let outside: SmallShop;
  let shop: SmallShop;
  let addresses: Record<string, string>;

  beforeAll(async () => {
    outside = new SmallShop(scene(), "outside-", world);
    await outside.start(withoutMesh(await outside.environment()));
    addresses = Object.fromEntries(
      await Promise.all(world.map(async ({ name }) => [name, await addressOf(name)])),
    );
    const { east = "", west = "" } = addresses;
    const hostnames = ["stock.partner.example", "prices.partner.example"];
    shop = new SmallShop(scene(), "externals-", [counter({ ip: west, hostnames }), neighbour]);
    await shop.start({
      ...(await shop.environment()),
      externals: {
        "legacy-stock": {
          kind: "addresses",
          addresses: [east, west],
          port: 3000,
          tls: { kind: "none" },
          healthCheck: "/health/ready",
        },
        partner: {
          kind: "dns",
          host: "stock.partner.example",
          port: 3000,
          tls: { kind: "none" },
          subnets: [`${west}/32`],
        },
      },
    });
  });

  afterAll(async () => {
    await shop.end();
    await outside.end();
  });

  test("who declares it is answered, by every address behind the one that it is told", async () => {
    const answered = new Set<unknown>();
    await until(
      "an answer of either address",
      async () => answered.add(await place()),
      () => answered.size === 2,
      1,
    );
    expect([...answered].sort()).toEqual(["east", "west"]);
  });

  test("what has a name is answered by that name, and not by another at the same address", async () => {
    const named = await shop.fetched("counter", "$PARTNER_URL/stocks", { body: written });
    expect(named).toMatchObject({ status: 201, body: { service: "west" } });
    const other = "http://prices.partner.example:3000/stocks";
    expect((await shop.fetched("counter", other, { body: written })).status).toBe(502);
  });

  test("what its calls do not name is refused at home", async () => {
    const id = randomUUID();
    expect(await shop.fetched("counter", "$LEGACY_STOCK_URL/prices", { id })).toMatchObject({
      status: 403,
      body: "counter does not ask this of legacy-stock; name it in the requests of the call",
    });
    expect(await outside.asked("east", id)).toBe(0);
    expect(await outside.asked("west", id)).toBe(0);
  });

  test("nobody gets to an address that they have not declared, be it by its number or by its name", async () => {
    const id = randomUUID();
    const attempts = [
      ["counter", `http://${addresses.elsewhere}:3000/stocks`],
      ["counter", `http://elsewhere.${outside.home("elsewhere")}.svc:3000/stocks`],
      ["neighbour", `http://${addresses.east}:3000/stocks`],
    ] as const;
    for (const [from, url] of attempts) {
      const answer = await shop.fetched(from, url, { id });
      show("an undeclared host", { from, url, ...answer });
      // HTTP where the proxy has HTTP at this port, a connection that it closes where it has not.
      expect(`${answer.status ?? answer.error}`).toMatch(/^502$|UND_ERR_SOCKET|ECONNRESET/);
    }
    for (const { name } of world) expect(await outside.asked(name, id)).toBe(0);
    // The way is there: it is the proxies that refuse.
    const open = await outside.fetched("east", `http://${addresses.elsewhere}:3000/stocks`, { id });
    expect(open.status).toBe(200);
  });

  test("what fails is asked again where it may be, and once where it may not", async () => {
    await everywhere("status=503");
    const [read, write] = [randomUUID(), randomUUID()];
    expect((await shop.fetched("counter", stocks, { id: read })).status).toBe(503);
    expect((await shop.fetched("counter", stocks, { id: write, body: written })).status).toBe(503);
    const counts = { read: await asked(read, 2), write: await asked(write, 1) };
    await everywhere("");
    show("attempts at an external", counts);
    expect(counts).toEqual({ read: 2, write: 1 });
  });

  test("what takes 10 s is given up, each attempt after its time", async () => {
    await everywhere("delay=10s");
    const [read, write] = [randomUUID(), randomUUID()];
    const reading = await shop.fetched("counter", stocks, { id: read });
    const writing = await shop.fetched("counter", stocks, { id: write, body: written });
    const counts = { read: await asked(read, 2), write: await asked(write, 1) };
    await everywhere("");
    show("an external that takes 10 s", {
      readMs: Math.round(reading.milliseconds),
      writeMs: Math.round(writing.milliseconds),
      ...counts,
    });
    for (const { status, milliseconds } of [reading, writing]) {
      expect(status).toBe(504);
      expect(milliseconds).toBeLessThan(10_000);
    }
    expect(counts).toEqual({ read: 2, write: 1 });
  });

  test("an address that fails its health check is left alone although it still answers, and comes back", async () => {
    const since = Date.now();
    await outside.fault("east", "status=503 path=/health/ready");
    await until("west alone", places, (found) => found.join() === "west", 2);
    const away = Date.now();
    await outside.fault("east", "");
    await until("both again", places, (found) => found.join() === "east,west", 2);
    show("an address that fails its health check", {
      secondsUntilAway: Math.round((away - since) / 1000),
      secondsUntilBack: Math.round((Date.now() - away) / 1000),
    });
  });

  /** Which address answered. */
  async function place(): Promise<unknown> {
    const { body } = await shop.fetched("counter", stocks, { body: written });
    return (body as { service?: string }).service;
  }

  /** Which addresses answer thirty requests: where both do, one of them alone by chance once in a billion times. */
  async function places(): Promise<string[]> {
    const answers = await shop.node("counter", "--input-type=module", "--eval", asksOften, written);
    return [...new Set<string>(JSON.parse(answers))].sort();
  }

  async function everywhere(fault: string): Promise<void> {
    await Promise.all(["east", "west"].map((name) => outside.fault(name, fault)));
  }

  function asked(id: string, expected: number): Promise<number> {
    return outside.whenAsked(id, expected, "east", "west");
  }

  async function addressOf(name: string): Promise<string> {
    const pods = ["pods", "-n", outside.home(name), "--field-selector=status.phase=Running"];
    const { items } = await scene().cluster.get<{ items: { status: { podIP: string } }[] }>(...pods);
    return items[0]?.status.podIP ?? "";
  }
}

const asksOften = `
const [body] = process.argv.slice(1);
const answers = [];
for (let asked = 0; asked < 30; asked += 1) {
  const response = await fetch(process.env.LEGACY_STOCK_URL + "/stocks", { method: "POST", body });
  const text = await response.text();
  answers.push(response.ok ? JSON.parse(text).service : String(response.status));
}
console.log(JSON.stringify(answers));
`;
