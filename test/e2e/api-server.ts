import { Agent, type RequestOptions, request } from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../policies/judgement/judge.ts";
import { type Court, placed } from "./policies-in-force.ts";

/** What the API server says of an object. */
export interface Answer {
  readonly status: number;
  /** Why it refused the object; empty when it took it. */
  readonly refusal: string;
  /** What admission policies warned of: `<rule>: <message>`, in order of the alphabet. */
  readonly warnings: readonly string[];
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The API server itself. kubectl would print an answer's warnings as they come, without saying of which object. */
export class ApiServer {
  readonly #config = new KubeConfig();
  readonly #options: RequestOptions = {};
  readonly #resources = new Map<string, Promise<readonly Resource[]>>();

  constructor(kubeconfigFile: string) {
    this.#config.loadFromFile(kubeconfigFile);
  }

  /** The answer to the object as if `user` created it, in the namespace if it belongs to one at all. */
  async create(object: KubernetesObject, court: Court, user?: string): Promise<Answer> {
    const path = `${await this.#path(object, court)}?${dryRun}`;
    return answered(await this.#ask("POST", path, { content: placed(object, court), user }));
  }

  /** The answer to a JSON merge patch of an object that stands, or of its subresource, as if `user` made it. */
  async change(
    object: KubernetesObject,
    court: Pick<Court, "namespace">,
    { patch, by, user }: { readonly patch: object; readonly by?: string; readonly user?: string },
  ): Promise<Answer> {
    const parts = [await this.#path(object, court), object.metadata.name, ...(by === undefined ? [] : [by])];
    return answered(await this.#ask("PATCH", `${parts.join("/")}?${dryRun}`, { content: patch, user }));
  }

  /** Whether objects of the kind belong to a namespace. */
  async isNamespaced(object: KubernetesObject): Promise<boolean> {
    return (await this.#resource(object)).namespaced;
  }

  async #path(object: KubernetesObject, { namespace }: Pick<Court, "namespace">): Promise<string> {
    const { name, namespaced } = await this.#resource(object);
    return `${root(object.apiVersion)}${namespaced ? `/namespaces/${namespace}` : ""}/${name}`;
  }

  close(): void {
    (this.#options.agent as Agent | undefined)?.destroy();
  }

  async #resource({ apiVersion, kind }: KubernetesObject): Promise<Resource> {
    const known = this.#resources.get(apiVersion) ?? this.#resourcesOf(apiVersion);
    this.#resources.set(apiVersion, known);
    const resource = (await known).find((one) => one.kind === kind && !one.name.includes("/"));
    if (resource === undefined) throw new Error(`the API server has no ${kind} of ${apiVersion}`);
    return resource;
  }

  async #resourcesOf(apiVersion: string): Promise<readonly Resource[]> {
    const { body } = await this.#ask("GET", root(apiVersion));
    return (JSON.parse(body) as { resources?: Resource[] }).resources ?? [];
  }

  async #ask(
    method: string,
    path: string,
    { content, user }: { content?: object; user?: string | undefined } = {},
  ) {
    const cluster = this.#config.getCurrentCluster();
    if (this.#options.agent === undefined) {
      await this.#config.applyToHTTPSOptions(this.#options);
      const { ca, cert, key, rejectUnauthorized } = this.#options;
      this.#options.agent = new Agent({ keepAlive: true, ca, cert, key, rejectUnauthorized });
    }
    return new Promise<{ status: number; warnings: string[]; body: string }>((resolve, reject) => {
      const headers = {
        ...this.#options.headers,
        "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
        // The group has every right, so that nothing but the policies stands in the way.
        ...(user !== undefined && { "impersonate-user": user, "impersonate-group": "system:masters" }),
      };
      const asked = request(
        `${cluster?.server}${path}`,
        { ...this.#options, method, headers },
        async (answer) => {
          const body = Buffer.concat(await answer.toArray()).toString();
          resolve({ status: answer.statusCode ?? 0, warnings: warningsOf(answer.rawHeaders), body });
        },
      );
      asked.on("error", reject);
      asked.end(content && JSON.stringify(content));
    });
  }
}

const dryRun = "dryRun=All&fieldValidation=Strict";

function answered({ status, warnings, body }: { status: number; warnings: string[]; body: string }): Answer {
  const refusal = status < 300 ? "" : String((JSON.parse(body) as { message?: string }).message);
  return { status, refusal, warnings: warnings.flatMap(warning).sort() };
}

function root(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The texts of the Warning headers. They are UTF-8, and Node reads headers as Latin-1. RFC 9111, 5.5 */
function warningsOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders
    .filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "warning")
    .map((value) => Buffer.from(value, "latin1").toString())
    .flatMap((value) => /^299 - "(.*)"$/s.exec(value)?.[1]?.replaceAll(/\\(.)/g, "$1") ?? []);
}

/** Other warnings, such as of an old API version, are not ours. */
function warning(text: string): string[] {
  const [, rule, message] =
    /^Validation failed for ValidatingAdmissionPolicy 'pressurevalve-[^'.]*\.([^']*)' with binding '[^']*': (.*)$/s.exec(
      text,
    ) ?? [];
  return rule === undefined ? [] : [`${rule}: ${message}`];
}
