import { AppsV1Api, CoreV1Api, CustomObjectsApi, type KubeConfig } from "@kubernetes/client-node";
import { load } from "js-yaml";
import type { Environment } from "../constructs/index.ts";
import { unanswered } from "./answer.ts";
import { lackingOfGateway } from "./gateway-requirements.ts";
import { type Lacking, requireNothingLacking, unlessAbsent } from "./platform-requirements.ts";
import { credentials, type Target } from "./target.ts";

/** What an environment says of its mesh. */
export type Meshed = Pick<Environment, "mesh" | "gateway">;

/** What of a mesh a cluster has. */
interface MeshFound {
  /** The kinds of a meshed shop that the cluster does not know. */
  readonly unknownKinds: readonly string[];
  /** What an istiod that is ready was told; undefined without one. */
  readonly settings: MeshSettings | undefined;
}

/** What of an istiod's settings decides whether the shop's policies mean what they say. */
interface MeshSettings {
  readonly trustDomain: string;
  /** How a path is read before policies judge it. */
  readonly normalization: string;
}

/** What a policy judges is what the application gets: `/items/..%2Fadmin` is `/admin` to both. */
const normalization = "DECODE_AND_MERGE_SLASHES";

/**
 * Makes sure that the cluster has the mesh of an environment, where that has one.
 *
 * @throws Fault (exit code 3) with everything that is missing and the commands that install it
 */
export async function requireMesh(target: Target, { mesh, gateway }: Meshed): Promise<void> {
  if (mesh.kind === "none") return;
  const config = credentials(target);
  const asked = Promise.all([meshOf(config), lackingOfGateway(config, gateway, target)]);
  const [found, lacking] = await asked.catch((cause) => {
    throw unanswered(config, cause);
  });
  requireNothingLacking(target.context, [...lackingOfMesh(found, mesh.trustDomain, target), ...lacking]);
}

/** What is missing of a mesh with that trust domain. */
function lackingOfMesh(found: MeshFound, trustDomain: string, target: Target): Lacking[] {
  const istio = [
    found.unknownKinds.length > 0 && `no ${found.unknownKinds.join(", ")}`,
    found.settings === undefined && "no istiod that is ready",
  ].filter(Boolean);
  return [
    istio.length > 0 && {
      what: `Istio 1.26 or newer (${istio.join("; ")})`,
      remedy: [installIstio(target, trustDomain)],
    },
    found.settings !== undefined &&
      found.settings.trustDomain !== trustDomain && {
        what: `the trust domain ${trustDomain} (its istiod signs for ${found.settings.trustDomain})`,
        remedy: [
          `write mesh: { kind: "istio", trustDomain: "${found.settings.trustDomain}" } in stacks/environments.ts`,
        ],
      },
    found.settings !== undefined &&
      found.settings.normalization !== normalization && {
        what: `paths that are decoded before policies judge them (its pathNormalization is ${found.settings.normalization})`,
        remedy: [
          `set meshConfig.pathNormalization.normalization to ${normalization} where you install Istio`,
        ],
      },
  ].filter((lacking) => lacking !== false);
}

/** With the network plugin: the restricted Pod Security Standard refuses the init container that is used without it. */
function installIstio({ kubeconfig, context }: Target, trustDomain: string): string {
  const settings = [
    "profile=minimal",
    "components.cni.enabled=true",
    `meshConfig.trustDomain=${trustDomain}`,
    `meshConfig.pathNormalization.normalization=${normalization}`,
    // Istio's own default is two more attempts of whatever failed, POST included.
    "meshConfig.defaultHttpRetryPolicy.attempts=0",
  ];
  const flags = settings.map((setting) => `--set ${setting}`).join(" ");
  return `istioctl install --kubeconfig ${kubeconfig} --context ${context} ${flags}`;
}

/** What a meshed shop is made of, by API group. */
const kinds = {
  "networking.istio.io": ["virtualservices", "destinationrules", "sidecars"],
  "security.istio.io": ["authorizationpolicies", "peerauthentications"],
};

async function meshOf(config: KubeConfig): Promise<MeshFound> {
  const unknown = await Promise.all(
    Object.entries(kinds).map(async ([group, names]) => {
      const asked = config.makeApiClient(CustomObjectsApi).getAPIResources({ group, version: "v1" });
      const known = new Set((await unlessAbsent(asked))?.resources.map(({ name }) => name));
      return names.filter((name) => !known.has(name)).map((name) => `${name}.${group}`);
    }),
  );
  return { unknownKinds: unknown.flat(), settings: await settingsOf(config) };
}

/** What the ready istiod was told, and Istio's own defaults where it was told nothing. */
async function settingsOf(config: KubeConfig): Promise<MeshSettings | undefined> {
  const labelSelector = "app=istiod";
  const { items } = await config.makeApiClient(AppsV1Api).listDeploymentForAllNamespaces({ labelSelector });
  const ready = items.find(({ status }) => (status?.readyReplicas ?? 0) > 0);
  if (!ready) return undefined;
  const namespace = ready.metadata?.namespace ?? "";
  const revision = ready.metadata?.labels?.["istio.io/rev"] ?? "default";
  const name = revision === "default" ? "istio" : `istio-${revision}`;
  const settings = config.makeApiClient(CoreV1Api).readNamespacedConfigMap({ namespace, name });
  const mesh = load((await unlessAbsent(settings))?.data?.mesh ?? "") as Told | undefined;
  return {
    trustDomain: mesh?.trustDomain ?? "cluster.local",
    normalization: mesh?.pathNormalization?.normalization ?? "DEFAULT",
  };
}

/** The part of istiod's settings that is read here. */
interface Told {
  readonly trustDomain?: string;
  readonly pathNormalization?: { readonly normalization?: string };
}
