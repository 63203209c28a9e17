import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  type KubeConfig,
  type V1Deployment,
} from "@kubernetes/client-node";
import { load } from "js-yaml";
import type { Environment } from "../constructs/index.ts";
import { unanswered } from "./answer.ts";
import { proxyStatsMatcher } from "./cluster/platform/mesh-config.ts";
import { lackingOfGateway } from "./gateway-requirements.ts";
import { isOlder, type Lacking, requireNothingLacking, unlessAbsent } from "./platform-requirements.ts";
import { statusMessage } from "./report.ts";
import { credentials, type Target } from "./target.ts";

/** What an environment says of its mesh. */
export interface Meshed extends Pick<Environment, "mesh" | "gateway"> {
  /** The namespaces of services that the world outside may ask. */
  readonly publicNamespaces: readonly string[];
}

/** What of a mesh a cluster has. */
interface MeshFound {
  /** The kinds of a meshed shop that the cluster does not know. */
  readonly unknownKinds: readonly string[];
  /** The istiod that is ready; undefined without one. */
  readonly istiod: Istiod | undefined;
}

/** What of an istiod decides whether the shop's policies mean what they say. */
interface Istiod extends MeshSettings {
  /** As it says it, such as `1.29.1-eed52ebb66ad-Clean`, or its image. */
  readonly version: string | Unknown;
}

/** Of an istiod whose version is not to be had. */
interface Unknown {
  /** The Service under which it was asked, such as `istiod`. */
  readonly service: string;
  readonly namespace: string;
  /** In the cluster's words. */
  readonly reason: string;
}

/** What it was told. */
interface MeshSettings {
  readonly trustDomain: string;
  /** How a path is read before policies judge it. */
  readonly normalization: string;
}

/**
 * The first with retry budgets in a DestinationRule, and with native sidecars unless it is told otherwise: beside any other, no Job
 * ever ends. https://istio.io/latest/news/releases/1.27.x/announcing-1.27/change-notes/
 */
export const oldestIstio = "1.27";

/** What a policy judges is what the application gets: `/items/..%2Fadmin` is `/admin` to both. */
const normalization = "DECODE_AND_MERGE_SLASHES";

/**
 * Makes sure that the cluster has the mesh of an environment, where that has one.
 *
 * @throws Fault (exit code 3) with everything that is missing and the commands that install it
 */
export async function requireMesh(target: Target, { mesh, ...entrance }: Meshed): Promise<void> {
  if (mesh.kind === "none") return;
  const config = credentials(target);
  const asked = Promise.all([meshOf(config), lackingOfGateway(config, entrance, target)]);
  const [found, lacking] = await asked.catch((cause) => {
    throw unanswered(config, cause);
  });
  requireNothingLacking(target.context, [...lackingOfMesh(found, mesh.trustDomain, target), ...lacking]);
}

/** What is missing of a mesh with that trust domain. */
function lackingOfMesh({ unknownKinds, istiod }: MeshFound, trustDomain: string, target: Target): Lacking[] {
  const version = istiod?.version;
  const istio = [
    unknownKinds.length > 0 && `no ${unknownKinds.join(", ")}`,
    istiod === undefined && "no istiod that is ready",
    typeof version === "string" && isOlder(version, oldestIstio) && `its istiod says ${version}`,
  ].filter(Boolean);
  return [
    istio.length > 0 && {
      what: `Istio ${oldestIstio} or newer (${istio.join("; ")})`,
      remedy: [
        istiod === undefined
          ? installIstio(target, trustDomain)
          : "upgrade it: https://istio.io/latest/docs/setup/upgrade/",
      ],
    },
    typeof version === "object" && {
      what: `a version of Istio that is known, ${oldestIstio} or newer (its istiod cannot be asked: ${version.reason})`,
      remedy: [letAsk(version)],
    },
    istiod !== undefined &&
      istiod.trustDomain !== trustDomain && {
        what: `the trust domain ${trustDomain} (its istiod signs for ${istiod.trustDomain})`,
        remedy: [
          `write mesh: { kind: "istio", trustDomain: "${istiod.trustDomain}" } in stacks/environments.ts`,
        ],
      },
    istiod !== undefined &&
      istiod.normalization !== normalization && {
        what: `paths that are decoded before policies judge them (its pathNormalization is ${istiod.normalization})`,
        remedy: [
          `set meshConfig.pathNormalization.normalization to ${normalization} where you install Istio`,
        ],
      },
  ].filter((lacking) => lacking !== false);
}

/** Whether by the way there or by the user's rights, nobody here can tell for sure. */
function letAsk({ service, namespace }: Unknown): string {
  return `open port 15014 of its pods to the API server, and let your user get services/proxy of ${service}:15014 in namespace ${namespace}`;
}

/**
 * With the network plugin: the restricted Pod Security Standard refuses the init container that is used without it. And with the
 * statistics that the pages read: a list of regular expressions, in a file and by printf, since the echo of some shells reads escapes.
 */
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
  const file = {
    apiVersion: "install.istio.io/v1alpha1",
    kind: "IstioOperator",
    spec: { meshConfig: { defaultConfig: { proxyStatsMatcher } } },
  };
  // It could not ask whether to go on: its input is the file.
  const install = `istioctl install --skip-confirmation --kubeconfig ${kubeconfig} --context ${context}`;
  return `printf %s '${JSON.stringify(file)}' | ${install} ${flags} -f -`;
}

/** What a meshed shop is made of, by API group and version. */
export const meshKinds: Readonly<Record<string, readonly string[]>> = {
  "networking.istio.io/v1": ["virtualservices", "destinationrules", "sidecars", "serviceentries"],
  "networking.istio.io/v1alpha3": ["envoyfilters"],
  "security.istio.io/v1": ["authorizationpolicies", "peerauthentications"],
};

async function meshOf(config: KubeConfig): Promise<MeshFound> {
  const unknown = await Promise.all(
    Object.entries(meshKinds).map(async ([apiVersion, names]) => {
      const [group = "", version = ""] = apiVersion.split("/");
      const asked = config.makeApiClient(CustomObjectsApi).getAPIResources({ group, version });
      const known = new Set((await unlessAbsent(asked))?.resources.map(({ name }) => name));
      return names.filter((name) => !known.has(name)).map((name) => `${name}.${group}`);
    }),
  );
  return { unknownKinds: unknown.flat(), istiod: await istiodOf(config) };
}

async function istiodOf(config: KubeConfig): Promise<Istiod | undefined> {
  const labelSelector = "app=istiod";
  const { items } = await config.makeApiClient(AppsV1Api).listDeploymentForAllNamespaces({ labelSelector });
  const ready = items.find(({ status }) => (status?.readyReplicas ?? 0) > 0);
  if (!ready) return undefined;
  const { namespace = "", labels } = ready.metadata ?? {};
  const [version, settings] = await Promise.all([
    versionOf(config, ready),
    settingsOf(config, namespace, labels?.["istio.io/rev"] ?? "default"),
  ]);
  return { version, ...settings };
}

/**
 * It is asked itself, as `istioctl version` asks it: an image may have no tag, and the labels of istioctl's own manifests
 * say 1.0.0. Its Service has its name. The way leads from the API server to port 15014, which a firewall may close, and takes
 * a right of its own; then its image's tag has to do, where that is a version.
 */
async function versionOf(config: KubeConfig, { metadata, spec }: V1Deployment): Promise<Istiod["version"]> {
  const { namespace = "", name: service = "" } = metadata ?? {};
  const asked = { namespace, name: `${service}:15014`, path: "version" };
  try {
    return await config.makeApiClient(CoreV1Api).connectGetNamespacedServiceProxyWithPath(asked);
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const reason = `${error.code}: ${statusMessage(error.body)}`;
    return tagOf(spec?.template.spec?.containers[0]?.image) ?? { service, namespace, reason };
  }
}

/** `1.29.1-distroless` of `docker.io/istio/pilot:1.29.1-distroless`, also where a digest follows. */
function tagOf(image = ""): string | undefined {
  return /:(\d+\.\d+[^/@]*)(@[^/]*)?$/.exec(image)?.[1];
}

/** What the istiod of a revision was told, and Istio's own defaults where it was told nothing. */
async function settingsOf(config: KubeConfig, namespace: string, revision: string): Promise<MeshSettings> {
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
