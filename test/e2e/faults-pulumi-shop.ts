import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import type { State } from "../../tools/pulumi/state.ts";
import { ensurePrograms } from "../../tools/toolchain.ts";
import { type Outcome, succeeded } from "./checkout.ts";
import type { Cluster } from "./cluster.ts";

/** How a provider takes the creation of an object that exists. */
export type Behaviour = "upsert" | "already exists";

/** Services by their names, each as the fields of its description in TypeScript, besides those that all have. */
type Description = Readonly<Record<string, string>>;

/** Of a fixed number of replicas, which the environment says. */
export const fixed = 'scaling: { kind: "fixed" }';

/** Before the name of each namespace. */
export const prefix = "faults-";

const upArgs = ["up", "-s", "dev", "--yes", "--skip-preview", "--non-interactive"];

/** A shop of one service or two without a database, inside a checkout, with a Pulumi project and a state of its own. */
export class SmallShop {
  readonly folder: string;
  readonly #kit: string;
  readonly #kubeconfig: string;
  readonly #cluster: Cluster;

  private constructor(kit: string, kubeconfig: string, cluster: Cluster) {
    this.#kit = kit;
    this.folder = join(kit, ".local", "small-shop");
    this.#kubeconfig = kubeconfig;
    this.#cluster = cluster;
  }

  static async make(kit: string, kubeconfig: string, cluster: Cluster): Promise<SmallShop> {
    const shop = new SmallShop(kit, kubeconfig, cluster);
    await shop.#write();
    return shop;
  }

  /** Takes everything away again, in the cluster and here. */
  async destroy(): Promise<void> {
    await this.behave("upsert");
    succeeded(await this.pulumi("destroy", "-s", "dev", "--yes", "--skip-preview", "--non-interactive"));
    await this.#remove();
  }

  /** Changes what the shop is to be, from the next run on. */
  describe(services: Description): Promise<void> {
    return this.#file(
      "services/index.ts",
      [
        'import { Duration, get, postgres, rest, service } from "../../../constructs/index.ts";',
        ...Object.entries(services).map(([name, fields]) => serviceText(name, fields)),
        `export const services = [${Object.keys(services).join(", ")}];`,
      ].join("\n"),
    );
  }

  /** Lets the provider behave so from the next run on. */
  async behave(behaviour: Behaviour): Promise<void> {
    const plugin = join(this.folder, "node_modules", ".bin", "pulumi-resource-kubernetes");
    await rm(plugin, { force: true });
    if (behaviour === "upsert") return;
    const paths = await ensurePrograms(["pulumi-resource-kubernetes"]);
    const variables = { REAL_PROVIDER: paths["pulumi-resource-kubernetes"], KUBECONFIG: this.#kubeconfig };
    const script = [
      "#!/usr/bin/env node",
      `Object.assign(process.env, ${JSON.stringify(variables)});`,
      `import(${JSON.stringify(join(this.#kit, "test/e2e/faults-pulumi-provider.ts"))});`,
    ];
    await writeFile(plugin, `${script.join("\n")}\n`);
    await chmod(plugin, 0o755);
  }

  /** `npm start` of this shop, which ends when its services are healthy. */
  start(): Promise<Outcome> {
    return this.#run("cli/main.ts", ...this.#startArgs);
  }

  /** `npx pulumi …` of this shop. */
  pulumi(...args: string[]): Promise<Outcome> {
    return this.#run("tools/pulumi/main.ts", ...args);
  }

  /** `npx pulumi up` of this shop. */
  up(): Promise<Outcome> {
    return this.pulumi(...upArgs);
  }

  /** Starts `npm start` in a process group of its own, for somebody to kill. */
  startInBackground(): ChildProcess {
    return this.#background("cli/main.ts", ...this.#startArgs);
  }

  /** Starts `npx pulumi up` in a process group of its own, for somebody to kill. */
  upInBackground(): ChildProcess {
    return this.#background("tools/pulumi/main.ts", ...upArgs);
  }

  /**
   * Everything that would be wrong after a recovery: objects that only the cluster or only the state knows, processes,
   * locks, an unsettled run, a preview that is not empty.
   */
  async faults(): Promise<string[]> {
    const processes = await this.processes();
    const preview = await this.pulumi("preview", "-s", "dev", "--expect-no-changes", "--non-interactive");
    const [inCluster, state] = await Promise.all([this.#objects(), this.state()]);
    const latest = state.checkpoint.latest;
    const inState = (latest?.resources ?? []).filter(({ type }) => type.startsWith("kubernetes:"));
    const known = inState.map(({ type, id }) => `${type.split(":").at(-1)}/${id}`);
    return [
      ...inCluster
        .filter((object) => !known.includes(object))
        .map((object) => `only in the cluster: ${object}`),
      ...known
        .filter((object) => !inCluster.includes(object))
        .map((object) => `only in the state: ${object}`),
      ...(latest?.pending_operations ?? []).map(({ type, resource }) => `pending: ${type} ${resource.urn}`),
      ...(preview.exitCode === 0 ? [] : [`the preview is not empty:\n${preview.stdout}${preview.stderr}`]),
      ...processes.map((line) => `still running: ${line}`),
      ...(await list(join(this.pulumiFolder, "locks", "organization", "small-shop", "dev"))),
      ...(await list(join(this.pulumiFolder, "interrupted", "small-shop"))),
    ];
  }

  /** The command lines of the processes that runs of this shop have started. */
  async processes(): Promise<string[]> {
    const lines = await Promise.all((await list("/proc")).map((pid) => this.#markedLine(pid)));
    return lines.flat();
  }

  async state(): Promise<State> {
    return JSON.parse(await readFile(this.stateFile, "utf8"));
  }

  get stateFile(): string {
    return join(this.pulumiFolder, "stacks", "small-shop", "dev.json");
  }

  get pulumiFolder(): string {
    return join(this.folder, ".local", "pulumi", ".pulumi");
  }

  get #node(): string {
    return join(this.#kit, "node_modules/.bin/node");
  }

  get #startArgs(): string[] {
    return ["start", "--kubeconfig", this.#kubeconfig, "--context", "pressurevalve"];
  }

  async #run(program: string, ...args: string[]): Promise<Outcome> {
    const options = { cwd: this.folder, reject: false, stdin: "ignore" } as const;
    const { exitCode, stdout, stderr } = await execa(
      this.#node,
      [join(this.#kit, program), ...args],
      options,
    );
    return { exitCode, stdout, stderr };
  }

  #background(program: string, ...args: string[]): ChildProcess {
    return spawn(this.#node, [join(this.#kit, program), ...args], {
      cwd: this.folder,
      detached: true,
      stdio: "ignore",
    });
  }

  async #markedLine(pid: string): Promise<string[]> {
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (!environment.split("\0").includes(`PRESSUREVALVE_PULUMI_RUN=file://${this.folder}/.local/pulumi`))
      return [];
    const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    return line === "" ? [] : [line.replaceAll("\0", " ")];
  }

  /** What the cluster has of this shop, made by nobody's controller. */
  async #objects(): Promise<string[]> {
    // Of what nobody can create, such as the metrics of a pod, the labels are copies.
    const kinds = (await this.#cluster.kubectl("api-resources", "--verbs=list,create", "-o", "name")).split(
      "\n",
    );
    const { items } = await this.#cluster.get<{ items: Found[] }>(
      ...[kinds.join(","), "-A", "-l", "app.kubernetes.io/managed-by=pressurevalve"],
    );
    return items
      .filter(({ kind, metadata }) => metadata.ownerReferences === undefined && kind !== "Endpoints")
      .filter(({ metadata }) => (metadata.namespace ?? metadata.name).startsWith(prefix))
      .map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].filter(Boolean).join("/"));
  }

  #remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    await this.#remove();
    await mkdir(join(this.folder, "node_modules", ".bin"), { recursive: true });
    await symlink(this.#node, join(this.folder, "node_modules", ".bin", "node"));
    const pulumi = await readFile(join(this.#kit, "Pulumi.yaml"), "utf8");
    await this.#file("Pulumi.yaml", pulumi.replace(/^name: .*$/m, "name: small-shop"));
    await this.#file("stacks/shop.ts", shopText);
    await this.#file("stacks/environments.ts", environmentsText);
    await this.#file("stacks/index.ts", programText);
    await this.#file(
      "stacks/images.dev.json",
      await readFile(join(this.#kit, "stacks/images.dev.json"), "utf8"),
    );
    await this.describe({ kite: fixed });
  }

  async #file(path: string, text: string): Promise<void> {
    await mkdir(join(this.folder, path, ".."), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }
}

interface Found {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly ownerReferences?: readonly object[];
  };
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/** The image is one that MountainPass has brought to the cluster already. */
function serviceText(name: string, fields: string): string {
  return `const ${name} = service("${name}", { owner: "faults", image: "notification", api: rest({ port: 3000 }), ${fields} });`;
}

const shopText = `
import { services } from "../services/index.ts";
import { environments } from "./environments.ts";
export const shop = { services, environments };
`;

const environmentsText = `
import { rules } from "../../../policies/rules/index.ts";
import { environments as mountainPass } from "../../../stacks/environments.ts";
import images from "./images.dev.json" with { type: "json" };
export const environments = {
  dev: {
    ...mountainPass.dev,
    namespacePrefix: "${prefix}",
    images: images.services,
    // What Pulumi does with an object does not depend on sidecars, which are slower to start.
    mesh: { kind: "none" } as const,
    gateway: { kind: "none" } as const,
    sizing: {},
    // In the cluster they are called as those of MountainPass's dev, which are in force.
    policies: {
      level: "advisory" as const,
      levels: Object.fromEntries(rules.map(({ id }) => [id, "disabled" as const])),
    },
  },
};
`;

const programText = `
import { deployShop } from "../../../stacks/delivery/pulumi/program.ts";
import { shop } from "./shop.ts";
export const { namespaces } = await deployShop(shop);
`;
