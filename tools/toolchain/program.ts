import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A program that the kit runs. Its Go modules pin it; an official binary of that version may stand in (downloads.ts). */
export interface Program {
  /** Its folder under tools/programs/, a Go module that pins everything that goes into it. */
  readonly folder: string;
  /** The main package: of our own (`./…`) or of a module in go.mod. */
  readonly package: string;
  /** The module whose version is the program's version. Omitted: the program is all our own and has none. */
  readonly module?: string;
  /** The string variables that the linker sets, given that version. */
  readonly stamp?: (version: string) => Readonly<Record<string, string>>;
  /** The build tags with which upstream lets one leave parts out. */
  readonly tags?: readonly string[];
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

const istio = {
  folder: "istio",
  module: "istio.io/istio",
  // The go.mod names a commit of the release branch; a proxy that calls itself v0.0.0 would be served as an ancient one.
  stamp: (version: string) => {
    const commit = `${version.split("-").at(-1)}`;
    return {
      "istio.io/istio/pkg/version.buildVersion": `1.31-${commit}`,
      "istio.io/istio/pkg/version.buildGitRevision": commit,
    };
  },
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
  "pilot-discovery": { ...istio, package: "istio.io/istio/pilot/cmd/pilot-discovery" },
  "pilot-agent": { ...istio, package: "istio.io/istio/pilot/cmd/pilot-agent" },
  "istio-cni": { ...istio, package: "istio.io/istio/cni/cmd/istio-cni" },
  istioctl: { ...istio, package: "istio.io/istio/istioctl/cmd/istioctl" },
  prometheus: {
    folder: "prometheus",
    package: "github.com/prometheus/prometheus/cmd/prometheus",
    module: "github.com/prometheus/prometheus",
    // As a module, 3.14.0 is v0.314.0.
    stamp: (version: string) => ({
      "github.com/prometheus/common/version.Version": version.replace(/^v0\.(\d)0?(\d+)/, "$1.$2"),
    }),
    // Of what finds the things to ask, Kubernetes alone.
    tags: ["remove_all_sd", "enable_kubernetes_sd"],
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
  "kube-score": {
    folder: "kube-score",
    package: "github.com/zegl/kube-score/cmd/kube-score",
    module: "github.com/zegl/kube-score",
  },
  kyverno: {
    folder: "kyverno",
    package: "github.com/kyverno/kyverno/cmd/cli/kubectl-kyverno",
    module: "github.com/kyverno/kyverno",
    stamp: (version: string) => ({ "github.com/kyverno/kyverno/pkg/version.BuildVersion": version }),
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

/**
 * The version of a program, as its go.mod pins it, such as `v1.36.3`; or of another module that is part of it.
 *
 * @throws Error for a program that is all our own
 */
export async function versionOf(name: ProgramName, part?: string): Promise<string> {
  const { module }: Program = programs[name];
  const wanted = part ?? module;
  const requirements = (await goModOf(name)).map((line) => line.replace(/^require /, "").split(" "));
  const version = requirements.find(([path]) => path === wanted)?.[1];
  if (wanted === undefined || version === undefined) {
    throw new Error(`${name}: go.mod does not require ${wanted}`);
  }
  return version;
}

/** The oldest Go that builds all of these programs, such as `1.26.4`: the newest that one of their modules asks for. */
export async function goVersionFor(names: readonly ProgramName[]): Promise<string> {
  const versions = await Promise.all(names.map(goVersionOf));
  return versions.sort(byVersion).at(-1) ?? "0";
}

async function goVersionOf(name: ProgramName): Promise<string> {
  const line = (await goModOf(name)).find((line) => line.startsWith("go "));
  return line?.slice("go ".length) ?? "0";
}

/** Orders `1.9` before `1.26.4`. */
export function byVersion(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

/** Where the machine's cache keeps the program built from source: the same inputs, in two checkouts too, are built once. */
export async function buildFolder(name: ProgramName): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await sources(moduleRoot(name))) {
    hash.update(`${file}\0`).update(await readFile(join(moduleRoot(name), file)));
  }
  const { package: mainPackage, tags = [] }: Program = programs[name];
  const flags = [await linkerFlags(name), process.platform, process.arch, ...tags];
  hash.update(JSON.stringify([mainPackage, ...flags]));
  return join("programs", `${name}-${hash.digest("hex").slice(0, 16)}`);
}

/** What the linker is told: no debug information, and the version. */
export async function linkerFlags(name: ProgramName): Promise<string> {
  const { stamp }: Program = programs[name];
  const variables = stamp ? Object.entries(stamp(await versionOf(name))) : [];
  return ["-s", "-w", ...variables.map(([variable, value]) => `-X ${variable}=${value}`)].join(" ");
}

/** The folder with the program's go.mod. */
export function moduleRoot(name: ProgramName): string {
  return join(import.meta.dirname, "..", "programs", programs[name].folder);
}

async function goModOf(name: ProgramName): Promise<string[]> {
  const text = await readFile(join(moduleRoot(name), "go.mod"), "utf8");
  return text.split("\n").map((line) => line.trim());
}

async function sources(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => /\.(go|mod|sum)$/.test(file)).sort();
}
