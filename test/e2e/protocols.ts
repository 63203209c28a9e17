import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  ApiReference,
  call,
  Duration,
  graphql,
  grpc,
  rest,
  type Service,
  service,
} from "../../constructs/index.ts";
import { show } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { SmallShop } from "./small-shop.ts";
import { until } from "./until.ts";

const prefix = "protocols-";
const target = `dns:///stock.${prefix}stock.svc:4000`;
const catalogue = `http://catalogue.${prefix}catalogue.svc:4000/graphql`;
const query = `${catalogue}?query=${encodeURIComponent("{ records { id } }")}`;
const mutation = JSON.stringify({ query: 'mutation { keep(key: "a") { service } }' });

/** A gRPC and a GraphQL service, and one that calls both; all of them stand-ins. */
const services: readonly Service[] = [
  service("stock", {
    owner: "warehouse",
    image: "inventory",
    api: grpc({
      port: 4000,
      requests: {
        "standin.v1.Records/Get": { idempotent: true },
        "standin.v1.Records/Keep": {},
        // Served, and in no call of the buyer's.
        "standin.v1.Records/List": { idempotent: true },
        "standin.v1.Records/Watch": { streaming: true },
      },
    }),
  }),
  service("catalogue", {
    owner: "warehouse",
    image: "inventory",
    api: graphql({ port: 4000 }),
  }),
  service("buyer", {
    owner: "warehouse",
    image: "order",
    api: rest({ port: 3000 }),
    calls: () => [
      call(new ApiReference("stock"), {
        requests: ["standin.v1.Records/Get"],
        timeout: Duration.millis(500),
        attempts: 3,
      }),
      call(new ApiReference("stock"), { requests: ["standin.v1.Records/Keep"] }),
      call(new ApiReference("catalogue"), { attempts: 2 }),
    ],
  }),
];

/** What the kit makes of gRPC and GraphQL, run in the mesh. */
export function protocols(scene: () => Scene): void {
  let shop: SmallShop;

  beforeAll(async () => {
    shop = new SmallShop(scene(), prefix, services);
    await shop.start({ ...(await shop.environment()), gateway: { kind: "none" } });
  });

  afterAll(() => shop.end());

  test("a declared caller gets answers by gRPC", async () => {
    const kept = await ask("standin.v1.Records/Keep", '{"sku":"7"}');
    expect(kept.status).toBe("OK");
    const { id } = JSON.parse(kept.text ?? "");
    const read = await ask("standin.v1.Records/Get", id);
    expect(JSON.parse(read.text ?? "")).toMatchObject({ id, body: { sku: "7" } });
  });

  test("a method that no call names is PERMISSION_DENIED, with the remedy, and never sent", async () => {
    const id = randomUUID();
    expect(await ask("standin.v1.Records/List", "", id)).toEqual({
      status: "PERMISSION_DENIED",
      details: "buyer does not ask this of stock; name it in the requests of the call",
    });
    // Once a later request is in the log, the earlier one would be.
    const later = randomUUID();
    expect((await ask("standin.v1.Records/Keep", "{}", later)).status).toBe("OK");
    expect(await shop.whenAsked(later, 1, "stock")).toBe(1);
    expect(await shop.asked("stock", id)).toBe(0);
  });

  test("UNAVAILABLE is asked again where the method is idempotent, and only there; RESOURCE_EXHAUSTED never", async () => {
    const expected = {
      "UNAVAILABLE Get": 3,
      "UNAVAILABLE Keep": 1,
      "RESOURCE_EXHAUSTED Get": 1,
      "RESOURCE_EXHAUSTED Keep": 1,
    };
    const counts: Record<string, number> = {};
    for (const [status, code] of [
      ["UNAVAILABLE", 503],
      ["RESOURCE_EXHAUSTED", 429],
    ] as const) {
      await shop.fault("stock", `status=${code}`);
      for (const method of ["Get", "Keep"] as const) {
        const [id, what] = [randomUUID(), `${status} ${method}` as const];
        expect((await ask(`standin.v1.Records/${method}`, "{}", id)).status).toBe(status);
        counts[what] = await shop.whenAsked(id, expected[what], "stock");
      }
    }
    await shop.fault("stock", "");
    show("gRPC attempts", counts);
    expect(counts).toEqual(expected);
  });

  test("a gRPC replica whose health is not SERVING gets nothing, and is asked again when it is", async () => {
    await shop.fault("stock", "status=503 path=/health/ready");
    const away = await until(
      "a callee that is left alone",
      () => ask("standin.v1.Records/Keep", "{}"),
      ({ status }) => status !== "OK",
      1,
    );
    expect(away).toEqual({ status: "UNAVAILABLE", details: "no healthy upstream" });
    await shop.fault("stock", "");
    await until(
      "a callee that is asked again",
      () => ask("standin.v1.Records/Keep", "{}"),
      ({ status }) => status === "OK",
      1,
    );
  });

  test("GraphQL answers a query by GET and a mutation by POST at its one path, and nothing beside it", async () => {
    expect(await shop.fetched("buyer", query)).toMatchObject({
      status: 200,
      body: { data: { records: [] } },
    });
    expect(await shop.fetched("buyer", catalogue, { body: mutation })).toMatchObject({
      status: 200,
      body: { data: { keep: { service: "catalogue" } } },
    });
    expect(await shop.fetched("buyer", catalogue.replace("/graphql", "/catalogues"))).toMatchObject({
      status: 403,
      body: "buyer does not ask this of catalogue; name it in the requests of the call",
    });
  });

  test("a query that fails is asked again, a mutation is not", async () => {
    await shop.fault("catalogue", "status=503");
    const [read, write] = [randomUUID(), randomUUID()];
    expect(await shop.fetched("buyer", query, { id: read })).toMatchObject({ status: 503 });
    expect(await shop.fetched("buyer", catalogue, { body: mutation, id: write })).toMatchObject({
      status: 503,
    });
    const counts = {
      query: await shop.whenAsked(read, 2, "catalogue"),
      mutation: await shop.whenAsked(write, 1, "catalogue"),
    };
    await shop.fault("catalogue", "");
    show("GraphQL attempts", counts);
    expect(counts).toEqual({ query: 2, mutation: 1 });
  });

  /** What the gRPC service answers to the caller's pod. */
  async function ask(method: string, text = "", id: string = randomUUID()): Promise<Record<string, string>> {
    return JSON.parse(await shop.standIn("buyer", "ask", target, method, text, id));
  }
}
