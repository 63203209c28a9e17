import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Duration, type Environment, render, resolve, type Service } from "../../constructs/index.ts";
import { environments } from "../../stacks/environments.ts";
import { inMesh } from "../constructs/example.ts";
import { standIn } from "./mesh-shop.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** What came of a request by HTTP, as a pod has it. */
export interface Fetched {
  readonly status?: number;
  readonly body?: unknown;
  /** Why there was no answer. */
  readonly error?: string;
  readonly milliseconds: number;
}

/** A few stand-ins of a chapter's own, in namespaces of their own, beside MountainPass. */
export class SmallShop {
  readonly #scene: Scene;
  readonly #prefix: string;
  readonly #services: readonly Service[];

  constructor(scene: Scene, prefix: string, services: readonly Service[]) {
    this.#scene = scene;
    this.#prefix = prefix;
    this.#services = services;
  }

  /** Dev's values in a mesh, under this shop's names. */
  async environment(): Promise<Environment> {
    const file = join(this.#scene.checkout.folder, "stacks", "images.dev.json");
    return {
      ...inMesh(environments.dev),
      namespacePrefix: this.#prefix,
      images: JSON.parse(await readFile(file, "utf8")).services,
      progressDeadline: Duration.minutes(3),
      sizing: {},
    };
  }

  /** Applies what the kit makes of the services, and waits until all of them are ready. */
  async start(environment: Environment): Promise<void> {
    const { cluster } = this.#scene;
    const manifests = render(resolve(this.#services, environment)).flatMap((one) => one.manifests);
    const namespaces = manifests.filter(({ kind }) => kind === "Namespace");
    for (const some of [namespaces, manifests]) {
      const { failed, stderr } = await cluster.apply(some, "--server-side");
      if (failed) throw new Error(stderr);
    }
    for (const { name } of this.#services)
      await cluster.kubectl(
        ...["rollout", "status", "-n", this.home(name), `deployment/${name}`, "--timeout=180s"],
      );
  }

  async end(): Promise<void> {
    const homes = this.#services.map(({ name }) => this.home(name));
    await this.#scene.cluster.kubectl("delete", "namespace", ...homes, "--wait=false");
  }

  home(name: string): string {
    return this.#prefix + name;
  }

  /** Runs the stand-in's Node in a service's pod. */
  node(name: string, ...words: string[]): Promise<string> {
    return this.#exec({ name }, standIn[0] as string, ...words);
  }

  /** What the stand-in itself is told in a service's pod. */
  standIn(name: string, ...words: string[]): Promise<string> {
    return this.#exec({ name }, ...standIn, ...words);
  }

  /** Tells a service, or one of its pods, how to misbehave from now on; nothing ends it. */
  async fault(name: string, words: string, pod?: string): Promise<void> {
    await this.#exec({ name, pod }, ...standIn, "fault", ...words.split(" ").filter(Boolean));
  }

  /** What an address answers over HTTP to a service's pod; the address may hold variables of its environment. */
  async fetched(
    name: string,
    url: string,
    { body, id = randomUUID() }: { body?: string; id?: string } = {},
  ): Promise<Fetched> {
    const init = {
      headers: { "x-correlation-id": id },
      ...(body !== undefined && { method: "POST", body }),
    };
    return JSON.parse(
      await this.node(name, "--input-type=module", "--eval", asksHttp, url, JSON.stringify(init)),
    );
  }

  /** How often a service, or one of its pods, was asked under a correlation id, by its own log. */
  async asked(name: string, id: string, pod = `deployment/${name}`): Promise<number> {
    const lines = await this.#scene.cluster.kubectl("logs", "-n", this.home(name), pod, "-c", name);
    return lines.split("\n").filter((line) => line.includes(`"correlation_id":"${id}"`)).length;
  }

  /**
   * The same for all of some services together, once their logs have as many as are expected, for lines are written after
   * the answers; and a while later, when there may be more.
   */
  async whenAsked(id: string, expected: number, ...names: string[]): Promise<number> {
    const count = async () => {
      const counts = await Promise.all(names.map((name) => this.asked(name, id)));
      return counts.reduce((sum, count) => sum + count, 0);
    };
    const what = `${expected} requests at ${names.join(" and ")}`;
    await until(what, count, (now) => now >= expected, 1);
    await sleep(1000);
    return count();
  }

  #exec({ name, pod = `deployment/${name}` }: Place, ...words: string[]): Promise<string> {
    return this.#scene.cluster.kubectl("exec", "-n", this.home(name), pod, "-c", name, "--", ...words);
  }
}

/** A service, and one of its pods where it has several. */
interface Place {
  readonly name: string;
  readonly pod?: string | undefined;
}

const asksHttp = `
const [url, init] = process.argv.slice(1);
const began = performance.now();
const address = url.replaceAll(/[$]([A-Z_]+)/g, (_, name) => process.env[name]);
const answer = await fetch(address, JSON.parse(init)).then(
  async (response) => {
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  },
  ({ message, cause }) => ({ error: [message, cause?.code].join(" ") }),
);
console.log(JSON.stringify({ ...answer, milliseconds: performance.now() - began }));
`;
