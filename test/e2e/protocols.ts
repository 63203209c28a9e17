import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import {
  ApiReference,
  call,
  Duration,
  type Environment,
  graphql,
  grpc,
  render,
  resolve,
  rest,
  type Service,
  service,
} from "../../constructs/index.ts";
import { environments } from "../../stacks/environments.ts";
import { inMesh } from "../constructs/example.ts";
import { standIn } from "./mesh-shop.ts";
import { show } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
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
        "standin.v1.Records/Watch": { streaming: true },
      },
    }),
    configuration: { env: { SPEAKS: "grpc" } },
  }),
  service("catalogue", {
    owner: "warehouse",
    image: "inventory",
    api: graphql({ port: 4000 }),
    configuration: { env: { SPEAKS: "graphql" } },
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
  beforeAll(async () => {
    const { cluster } = scene();
    const manifests = render(resolve(services, await environment(scene()))).flatMap((one) => one.manifests);
    const namespaces = manifests.filter(({ kind }) => kind === "Namespace");
    for (const some of [namespaces, manifests]) {
      const { failed, stderr } = await cluster.apply(some, "--server-side");
      if (failed) throw new Error(stderr);
    }
    for (const { name } of services)
      await cluster.kubectl("rollout", "status", "-n", prefix + name, `deployment/${name}`, "--timeout=180s");
  });

  afterAll(async () => {
    await scene().cluster.kubectl(
      "delete",
      "namespace",
      ...services.map(({ name }) => prefix + name),
      "--wait=false",
    );
  });

  test("a declared caller gets answers by gRPC", async () => {
    const kept = await ask(scene(), "standin.v1.Records/Keep", '{"sku":"7"}');
    expect(kept.status).toBe("OK");
    const { id } = JSON.parse(kept.text ?? "");
    const read = await ask(scene(), "standin.v1.Records/Get", id);
    expect(JSON.parse(read.text ?? "")).toMatchObject({ id, body: { sku: "7" } });
  });

  test("a method that no call names is PERMISSION_DENIED, with the remedy, and never sent", async () => {
    const id = randomUUID();
    expect(await ask(scene(), "standin.v1.Records/Burn", "", id)).toEqual({
      status: "PERMISSION_DENIED",
      details: "buyer does not ask this of stock; name it in the requests of the call",
    });
    expect(await asked(scene(), "stock", id)).toBe(0);
  });

  test("UNAVAILABLE is asked again where the method is idempotent, and only there; RESOURCE_EXHAUSTED never", async () => {
    const counts: Record<string, number> = {};
    for (const [status, code] of [
      ["UNAVAILABLE", 503],
      ["RESOURCE_EXHAUSTED", 429],
    ] as const) {
      await fault(scene(), "stock", `status=${code}`);
      for (const method of ["Get", "Keep"]) {
        const id = randomUUID();
        expect((await ask(scene(), `standin.v1.Records/${method}`, "{}", id)).status).toBe(status);
        counts[`${status} ${method}`] = await whenAsked(scene(), "stock", id);
      }
    }
    await fault(scene(), "stock", "");
    show("gRPC attempts", counts);
    expect(counts).toEqual({
      "UNAVAILABLE Get": 3,
      "UNAVAILABLE Keep": 1,
      "RESOURCE_EXHAUSTED Get": 1,
      "RESOURCE_EXHAUSTED Keep": 1,
    });
  });

  test("a gRPC replica whose health is not SERVING gets nothing, and is asked again when it is", async () => {
    await fault(scene(), "stock", "status=503 path=/health/ready");
    const away = await until(
      "a callee that is left alone",
      () => ask(scene(), "standin.v1.Records/Keep", "{}"),
      ({ status }) => status !== "OK",
      1,
    );
    expect(away).toEqual({ status: "UNAVAILABLE", details: "no healthy upstream" });
    await fault(scene(), "stock", "");
    await until(
      "a callee that is asked again",
      () => ask(scene(), "standin.v1.Records/Keep", "{}"),
      ({ status }) => status === "OK",
      1,
    );
  });

  test("GraphQL answers a query by GET and a mutation by POST at its one path, and nothing beside it", async () => {
    expect(await fetched(scene(), query)).toMatchObject({ status: 200, body: { data: { records: [] } } });
    expect(await fetched(scene(), catalogue, mutation)).toMatchObject({
      status: 200,
      body: { data: { keep: { service: "catalogue" } } },
    });
    expect(await fetched(scene(), catalogue.replace("/graphql", "/catalogues"))).toEqual({
      status: 403,
      body: "buyer does not ask this of catalogue; name it in the requests of the call",
    });
  });

  test("a query that fails is asked again, a mutation is not", async () => {
    await fault(scene(), "catalogue", "status=503");
    const [read, write] = [randomUUID(), randomUUID()];
    expect(await fetched(scene(), query, undefined, read)).toMatchObject({ status: 503 });
    expect(await fetched(scene(), catalogue, mutation, write)).toMatchObject({ status: 503 });
    const counts = {
      query: await whenAsked(scene(), "catalogue", read),
      mutation: await whenAsked(scene(), "catalogue", write),
    };
    await fault(scene(), "catalogue", "");
    show("GraphQL attempts", counts);
    expect(counts).toEqual({ query: 2, mutation: 1 });
  });
}

async function environment({ checkout }: Scene): Promise<Environment> {
  const images = JSON.parse(await readFile(join(checkout.folder, "stacks", "images.dev.json"), "utf8"));
  const { dev } = environments;
  const where = dev.mesh.kind === "istio" ? dev : inMesh(dev);
  return {
    ...where,
    namespacePrefix: prefix,
    images: images.services,
    gateway: { kind: "none" },
    progressDeadline: Duration.minutes(3),
    sizing: {},
  };
}

function inPod({ cluster }: Scene, name: string, ...words: string[]): Promise<string> {
  return cluster.kubectl("exec", "-n", prefix + name, `deployment/${name}`, "-c", name, "--", ...words);
}

/** What the gRPC service answers to the caller's pod. */
async function ask(
  scene: Scene,
  method: string,
  text = "",
  id: string = randomUUID(),
): Promise<Record<string, string>> {
  return JSON.parse(await inPod(scene, "buyer", ...standIn, "ask", target, method, text, id));
}

/** How often a service was asked under a correlation id, by its own log. */
async function asked({ cluster }: Scene, name: string, id: string): Promise<number> {
  const lines = await cluster.kubectl("logs", "-n", prefix + name, `deployment/${name}`, "-c", name);
  return lines.split("\n").filter((line) => line.includes(`"correlation_id":"${id}"`)).length;
}

/** The same once the log has it: its last line is written after the answer. */
async function whenAsked(scene: Scene, name: string, id: string): Promise<number> {
  await until(
    `what ${name} was asked`,
    () => asked(scene, name, id),
    (count) => count > 0,
    1,
  );
  return asked(scene, name, id);
}

async function fault(scene: Scene, name: string, words: string): Promise<void> {
  await inPod(scene, name, ...standIn, "fault", ...words.split(" ").filter(Boolean));
}

/** What an address answers over HTTP to the caller's pod. */
async function fetched(
  scene: Scene,
  url: string,
  body?: string,
  id: string = randomUUID(),
): Promise<{ status: number; body: unknown }> {
  return JSON.parse(
    await inPod(
      ...[scene, "buyer", standIn[0] as string, "--input-type=module", "--eval", asksHttp, url],
      JSON.stringify({
        headers: { "x-correlation-id": id },
        ...(body !== undefined && { method: "POST", body }),
      }),
    ),
  );
}

const asksHttp = `
const [url, init] = process.argv.slice(1);
const response = await fetch(url, JSON.parse(init));
const text = await response.text();
const isJson = response.headers.get("content-type")?.includes("json");
console.log(JSON.stringify({ status: response.status, body: isJson ? JSON.parse(text) : text }));
`;
