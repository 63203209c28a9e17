import { createHash } from "node:crypto";
import { copyFile, readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { execa } from "execa";
import { cachedFolder, exists, machineCache } from "./cache.ts";
import { Fault } from "./fault.ts";

/** A Go program that we build ourselves, because its releases cannot be downloaded everywhere. */
interface Program {
  /** Its folder under tools/programs/, a Go module that pins everything that goes into it. */
  readonly folder: string;
  /** The main package: of our own (`./…`) or of a module in go.mod. */
  readonly package: string;
  /** The module whose version is the program's version. Omitted: the program is all our own and has none. */
  readonly module?: string;
  /** The string variables that the linker sets, given that version. */
  readonly stamp?: (version: string) => Readonly<Record<string, string>>;
}

const kubernetes = {
  folder: "kubernetes",
  module: "k8s.io/kubernetes",
  stamp: (version: string) => ({
    "k8s.io/component-base/version.gitVersion": version,
    "k8s.io/component-base/version.gitMajor": `${version.slice(1).split(".")[0]}`,
    "k8s.io/component-base/version.gitMinor": `${version.split(".")[1]}`,
  }),
};

/** Every program, by its name. */
export const programs = {
  kubernetes: { ...kubernetes, package: "." },
  kubelet: { ...kubernetes, package: "./kubelet" },
  "kube-proxy": { ...kubernetes, package: "./kubeproxy" },
  kubectl: { ...kubernetes, package: "./kubectl" },
  pause: { folder: "pause", package: "." },
  coredns: {
    folder: "coredns",
    package: "github.com/coredns/coredns",
    module: "github.com/coredns/coredns",
  },
  "metrics-server": {
    folder: "metrics-server",
    package: "sigs.k8s.io/metrics-server/cmd/metrics-server",
    module: "sigs.k8s.io/metrics-server",
  },
  "rollouts-controller": {
    folder: "argo-rollouts",
    package: "github.com/argoproj/argo-rollouts/cmd/rollouts-controller",
    module: "github.com/argoproj/argo-rollouts",
  },
  "local-path-provisioner": {
    folder: "local-path-provisioner",
    package: "github.com/rancher/local-path-provisioner",
    module: "github.com/rancher/local-path-provisioner",
  },
  crane: {
    folder: "crane",
    package: "github.com/google/go-containerregistry/cmd/crane",
    module: "github.com/google/go-containerregistry",
  },
  cyclonus: {
    folder: "cyclonus",
    package: "github.com/mattfenwick/cyclonus/cmd/cyclonus",
    module: "github.com/mattfenwick/cyclonus",
  },
  helm: {
    folder: "helm",
    package: "helm.sh/helm/v3/cmd/helm",
    module: "helm.sh/helm/v3",
  },
  pulumi: {
    folder: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    stamp: (version: string) => ({ "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": version }),
  },
  "pulumi-language-nodejs": {
    folder: "pulumi-language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    module: "github.com/pulumi/pulumi/sdk/v3",
  },
  "pulumi-resource-kubernetes": {
    folder: "pulumi-resource-kubernetes",
    package: ".",
    module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
  },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;

type Say = (line: string) => void;

/**
 * Builds those of the named programs that this machine's cache lacks, one after the other (one build already
 * uses every core), and returns the path of each.
 *
 * @throws Fault when Go is missing or too old, or a build fails
 */
export async function ensurePrograms<Name extends ProgramName>(
  names: readonly Name[],
  say: Say = () => {},
): Promise<Record<Name, string>> {
  const paths: [Name, string][] = [];
  for (const name of names) {
    paths.push([name, await ensureProgram(name, say)]);
  }
  return Object.fromEntries(paths) as Record<Name, string>;
}

/** Whether all of these programs are built already. */
export async function areBuilt(names: readonly ProgramName[]): Promise<boolean> {
  const found = await Promise.all(
    names.map(async (name) => exists(join(machineCache, await cacheName(name)))),
  );
  return found.every(Boolean);
}

/**
 * The version of a program, as its go.mod pins it, such as `v1.36.3`; or of another module that is part of it.
 *
 * @throws Error for a program that is all our own
 */
export async function versionOf(name: ProgramName, part?: string): Promise<string> {
  const { module }: Program = programs[name];
  const wanted = part ?? module;
  const lines = (await readFile(join(moduleRoot(name), "go.mod"), "utf8")).split("\n");
  const requirements = lines.map((line) =>
    line
      .trim()
      .replace(/^require /, "")
      .split(" "),
  );
  const version = requirements.find(([path]) => path === wanted)?.[1];
  if (wanted === undefined || version === undefined) {
    throw new Error(`${name}: go.mod does not require ${wanted}`);
  }
  return version;
}

/**
 * The path of one file of a program's module, such as its CRDs or its installation manifest. The machine's cache
 * keeps it beside the programs, so that it takes Go and a download the first time only.
 *
 * @throws Fault when Go is missing the first time, or the module cannot be had
 */
export async function moduleFile(name: ProgramName, path: string): Promise<string> {
  const { module }: Program = programs[name];
  const pinned = `${module}@${await versionOf(name)}`;
  const folder = await cachedFolder(join("modules", pinned, path), async (unfinished) => {
    const { stdout } = await go(moduleRoot(name), ["mod", "download", "-json", pinned]);
    await copyFile(join(JSON.parse(stdout).Dir, path), join(unfinished, basename(path)));
  });
  return join(folder, basename(path));
}

async function ensureProgram(name: ProgramName, say: Say): Promise<string> {
  const folder = await cachedFolder(await cacheName(name), (unfinished) =>
    build(name, join(unfinished, name), say),
  );
  return join(folder, name);
}

async function build(name: ProgramName, output: string, say: Say): Promise<void> {
  const program: Program = programs[name];
  say(
    program.module ? `building ${name} ${await versionOf(name)} from ${program.module}` : `building ${name}`,
  );
  const flags = ["-ldflags", await linkerFlags(name), "-o", output];
  await go(moduleRoot(name), ["build", "-v", ...flags, program.package], occasionally(name, say));
}

/** Go names every package that it downloads or compiles, thousands of them; a line every few seconds shows enough. */
function occasionally(name: ProgramName, say: Say): Say {
  let packages = 0;
  let last = performance.now();
  return (line) => {
    packages += 1;
    if (performance.now() - last > 5000) {
      last = performance.now();
      say(`${name}: package ${packages}, ${line}`);
    }
  };
}

async function go(
  folder: string,
  args: readonly string[],
  onLine: Say = () => {},
): Promise<{ stdout: string }> {
  const env = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "-buildvcs=false -trimpath" };
  const running = execa("go", args, { cwd: folder, env, reject: false, stdin: "ignore" });
  running.stderr.setEncoding("utf8").on("data", (text: string) => {
    for (const line of text.trimEnd().split("\n")) {
      onLine(line);
    }
  });
  const result = await running;
  if (result.code === "ENOENT") {
    throw new Fault(
      "go is not on PATH; install Go 1.26 or newer (https://go.dev/dl) and run the command again",
      3,
    );
  }
  if (result.failed) {
    const words = result.stderr.trimEnd().split("\n").slice(-15).join("\n");
    throw new Fault(`go ${args[0]} in ${folder} failed:\n${words}`, 3);
  }
  return result;
}

/** The same inputs give the same name, so a machine with two checkouts builds once. */
async function cacheName(name: ProgramName): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await sources(moduleRoot(name))) {
    hash.update(`${file}\0`).update(await readFile(join(moduleRoot(name), file)));
  }
  const { package: mainPackage } = programs[name];
  hash.update(JSON.stringify([mainPackage, await linkerFlags(name), process.platform, process.arch]));
  return join("programs", `${name}-${hash.digest("hex").slice(0, 16)}`);
}

async function sources(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => /\.(go|mod|sum)$/.test(file)).sort();
}

async function linkerFlags(name: ProgramName): Promise<string> {
  const { stamp }: Program = programs[name];
  const variables = stamp ? Object.entries(stamp(await versionOf(name))) : [];
  return ["-s", "-w", ...variables.map(([variable, value]) => `-X ${variable}=${value}`)].join(" ");
}

function moduleRoot(name: ProgramName): string {
  return join(import.meta.dirname, "programs", programs[name].folder);
}
