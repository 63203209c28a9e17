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
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

const prefix = "protocols-";
const target = `dns:///stock.${prefix}stock.svc:4000`;
const catalogue = `http://catalogue.${prefix}catalogue.svc:4000/graphql`;

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

  test("a gRPC replica is ready by its own health, although plain text is refused", async () => {
    const { cluster } = scene();
    const [pod] = (await cluster.get<{ items: Pod[] }>("pods", "-n", `${prefix}stock`)).items;
    expect(pod?.status.conditions.find(({ type }) => type === "Ready")?.status).toBe("True");
    const { spec } = await cluster.get<{ spec: object }>("deployment/stock", "-n", `${prefix}stock`);
    expect(JSON.stringify(spec)).toContain('"grpc":{"port":4000,"service":"readiness"}');
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
    expect(await asked(scene(), id)).toBe(0);
  });

  test("an idempotent method that is UNAVAILABLE is asked as often as the call says, another one once", async () => {
    await fault(scene(), "status=503");
    const [read, write] = [randomUUID(), randomUUID()];
    expect((await ask(scene(), "standin.v1.Records/Get", "7", read)).status).toBe("UNAVAILABLE");
    expect((await ask(scene(), "standin.v1.Records/Keep", "{}", write)).status).toBe("UNAVAILABLE");
    await until(
      "what the callee was asked",
      () => asked(scene(), write),
      (count) => count > 0,
      10,
    );
    expect([await asked(scene(), read), await asked(scene(), write)]).toEqual([3, 1]);
    await fault(scene(), "");
  });

  test("GraphQL answers a query by GET and a mutation by POST at its one path, and nothing beside it", async () => {
    const query = `${catalogue}?query=${encodeURIComponent("{ records { id } }")}`;
    expect(await fetched(scene(), query)).toMatchObject({ status: 200, body: { data: { records: [] } } });
    const mutation = JSON.stringify({ query: 'mutation { keep(key: "a") { service } }' });
    expect(await fetched(scene(), catalogue, mutation)).toMatchObject({
      status: 200,
      body: { data: { keep: { service: "catalogue" } } },
    });
    expect(await fetched(scene(), catalogue.replace("/graphql", "/catalogues"))).toMatchObject({
      status: 403,
    });
  });
}

interface Pod {
  readonly status: { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
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

const standIn = ["node", "/app/stand-in.mjs"] as const;

/** What the gRPC service answers to the caller's pod. */
async function ask(
  scene: Scene,
  method: string,
  text = "",
  id: string = randomUUID(),
): Promise<Record<string, string>> {
  return JSON.parse(await inPod(scene, "buyer", ...standIn, "ask", target, method, text, id));
}

/** How often the gRPC service was asked under a correlation id. */
async function asked({ cluster }: Scene, id: string): Promise<number> {
  const lines = await cluster.kubectl("logs", "-n", `${prefix}stock`, "deployment/stock", "-c", "stock");
  return lines.split("\n").filter((line) => line.includes(`"correlation_id":"${id}"`)).length;
}

async function fault(scene: Scene, words: string): Promise<void> {
  await inPod(scene, "stock", ...standIn, "fault", words);
}

/** What an address answers over HTTP to the caller's pod. */
async function fetched(scene: Scene, url: string, body?: string): Promise<object> {
  const options = JSON.stringify(body === undefined ? {} : { method: "POST", body });
  const script = `const answer = await fetch(${JSON.stringify(url)}, ${options}); const text = await answer.text(); let body = text; try { body = JSON.parse(text); } catch {} console.log(JSON.stringify({ status: answer.status, body }));`;
  return JSON.parse(await inPod(scene, "buyer", "node", "--input-type=module", "--eval", script));
}
