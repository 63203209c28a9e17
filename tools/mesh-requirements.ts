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
  /** The trust domain of an istiod that is ready; undefined without one. */
  readonly trustDomain: string | undefined;
}

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
    found.trustDomain === undefined && "no istiod that is ready",
  ].filter(Boolean);
  return [
    istio.length > 0 && {
      what: `Istio 1.26 or newer (${istio.join("; ")})`,
      remedy: [installIstio(target, trustDomain)],
    },
    found.trustDomain !== undefined &&
      found.trustDomain !== trustDomain && {
        what: `the trust domain ${trustDomain} (its istiod signs for ${found.trustDomain})`,
        remedy: [
          `write mesh: { kind: "istio", trustDomain: "${found.trustDomain}" } in stacks/environments.ts`,
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
  return { unknownKinds: unknown.flat(), trustDomain: await trustDomainOf(config) };
}

/** What the ready istiod was told to sign for, and Istio's own default where it was told nothing. */
async function trustDomainOf(config: KubeConfig): Promise<string | undefined> {
  const labelSelector = "app=istiod";
  const { items } = await config.makeApiClient(AppsV1Api).listDeploymentForAllNamespaces({ labelSelector });
  const ready = items.find(({ status }) => (status?.readyReplicas ?? 0) > 0);
  if (!ready) return undefined;
  const namespace = ready.metadata?.namespace ?? "";
  const revision = ready.metadata?.labels?.["istio.io/rev"] ?? "default";
  const name = revision === "default" ? "istio" : `istio-${revision}`;
  const settings = config.makeApiClient(CoreV1Api).readNamespacedConfigMap({ namespace, name });
  const mesh = load((await unlessAbsent(settings))?.data?.mesh ?? "") as { trustDomain?: string } | undefined;
  return mesh?.trustDomain ?? "cluster.local";
}
