import {
  ApiException,
  ApiregistrationV1Api,
  AuthorizationV1Api,
  CustomObjectsApi,
  type KubeConfig,
  StorageV1Api,
} from "@kubernetes/client-node";
import { requireAnswer, unanswered } from "./answer.ts";
import { Fault } from "./fault.ts";
import { credentials, type Target } from "./target.ts";

/** What a cluster has of what the shop needs. */
interface Platform {
  /** Its Kubernetes version, as it says it: `1.36`, or `1.30+`. */
  readonly version: string;
  readonly rollouts: boolean;
  /** Why metrics are not served: in Kubernetes' words, or `absent`; undefined when they are. */
  readonly metricsFault: string | undefined;
  readonly defaultStorageClass: boolean;
  /** What the user may not do to admission policies, such as `create validatingadmissionpolicies`. */
  readonly forbidden: readonly string[];
}

/** One thing that is missing, and the lines that mend it. */
export interface Lacking {
  readonly what: string;
  readonly remedy: readonly string[];
}

/**
 * Makes sure that the cluster has what the shop needs.
 * @throws Fault (exit code 3) with everything that is missing and the commands that install it
 */
export async function requirePlatform(target: Target): Promise<void> {
  const { kubeconfig, context } = target;
  const config = credentials(target);
  const { major, minor } = await requireAnswer(config);
  const platform = await platformOf(config, `${major}.${minor}`).catch((cause) => {
    throw unanswered(config, cause);
  });
  requireNothingLacking(
    context,
    lackingOf(platform, `kubectl --kubeconfig ${kubeconfig} --context ${context}`, context),
  );
}

/** @throws Fault (exit code 3) that names all of it, with the remedies */
export function requireNothingLacking(context: string, lacking: readonly Lacking[]): void {
  if (lacking.length === 0) return;
  const lines = lacking.flatMap(({ what, remedy }) => [`  ${what}`, ...remedy.map((line) => `    ${line}`)]);
  throw new Fault(`the cluster of context ${context} lacks:\n${lines.join("\n")}`, 3);
}

/**
 * The first that takes a Service's `PreferSameZone`; and Istio injects native sidecars, beside which Jobs end, from 1.33 on.
 * https://www.kubernetes.dev/resources/keps/3015/
 */
export const oldestKubernetes = "1.34";

/** Whether a version, such as `1.30+` or `1.29.1-eed52ebb66ad`, comes before a minor version; what is no version does. */
export function isOlder(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = numbersOf(version);
  const [oldestMajor = 0, oldestMinor = 0] = numbersOf(oldest);
  return major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
}

function numbersOf(version: string): number[] {
  return /^(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
}

/** What is missing, with commands that begin with this `kubectl`. */
export function lackingOf(platform: Platform, kubectl: string, context: string): Lacking[] {
  const { version, rollouts, metricsFault, defaultStorageClass, forbidden } = platform;
  return [
    isOlder(version, oldestKubernetes) && {
      what: `Kubernetes ${oldestKubernetes} or newer (it has ${version})`,
      remedy: ["upgrade the cluster, or create it with a newer version"],
    },
    !rollouts && {
      what: "Argo Rollouts (rollouts in argoproj.io/v1alpha1)",
      remedy: [
        `${kubectl} create namespace argo-rollouts`,
        `${kubectl} apply -n argo-rollouts -f https://github.com/argoproj/argo-rollouts/releases/download/v1.10.1/install.yaml`,
      ],
    },
    metricsFault !== undefined && {
      what: `metrics-server (APIService ${metricsService}: ${metricsFault}), which autoscaling needs`,
      remedy: [
        `${kubectl} apply -f https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.9.0/components.yaml`,
        ...(signsItself.test(context) ? [`${kubectl} ${trustKubelets}`] : []),
      ],
    },
    !defaultStorageClass && {
      what: "a default StorageClass",
      remedy: [
        `${kubectl} apply -f https://raw.githubusercontent.com/rancher/local-path-provisioner/v0.0.30/deploy/local-path-storage.yaml`,
        `${kubectl} annotate storageclass local-path ${isDefault}=true`,
      ],
    },
    forbidden.length > 0 && {
      what: `the right to put policies in force: you may not ${forbidden.join(", ")}`,
      remedy: [
        "an administrator gives it, <user> being you:",
        `${kubectl} create clusterrole pressurevalve-policies --verb=get,list,watch,${verbs.join(",")} --resource=${admissionKinds.map((kind) => `${kind}.${admissionGroup}`).join(",")}`,
        `${kubectl} create clusterrolebinding pressurevalve-policies --clusterrole=pressurevalve-policies --user=<user>`,
      ],
    },
  ].filter((lacking) => lacking !== false);
}

/** Their kubelets sign their own certificates, which metrics-server refuses: https://github.com/kubernetes-sigs/metrics-server#requirements */
const signsItself = /^(kind-|minikube$|docker-(for-)?desktop$)/;
const trustKubelets =
  "patch -n kube-system deployment metrics-server --type json -p " +
  `'[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--kubelet-insecure-tls"}]'`;

const admissionGroup = "admissionregistration.k8s.io";
const admissionKinds = ["validatingadmissionpolicies", "validatingadmissionpolicybindings"] as const;
const verbs = ["create", "patch", "delete"] as const;

const metricsService = "v1beta1.metrics.k8s.io";
const isDefault = "storageclass.kubernetes.io/is-default-class";

async function platformOf(config: KubeConfig, version: string): Promise<Platform> {
  const { items: classes } = await config.makeApiClient(StorageV1Api).listStorageClass();
  return {
    version,
    rollouts: await hasRollouts(config),
    metricsFault: await metricsFaultOf(config),
    defaultStorageClass: classes.some(({ metadata }) => metadata?.annotations?.[isDefault] === "true"),
    forbidden: await forbiddenOf(config),
  };
}

/** Policies belong to the cluster: whoever may deploy into namespaces need not have rights to them. */
async function forbiddenOf(config: KubeConfig): Promise<string[]> {
  const api = config.makeApiClient(AuthorizationV1Api);
  const asked = admissionKinds.flatMap((resource) => verbs.map((verb) => ({ verb, resource })));
  const reviews = await Promise.all(
    asked.map(({ verb, resource }) =>
      api.createSelfSubjectAccessReview({
        body: { spec: { resourceAttributes: { group: admissionGroup, verb, resource } } },
      }),
    ),
  );
  return asked
    .filter((_, at) => !reviews[at]?.status?.allowed)
    .map(({ verb, resource }) => `${verb} ${resource}`);
}

/** The API group alone is Argo CD's and Argo Workflows' too. */
async function hasRollouts(config: KubeConfig): Promise<boolean> {
  const group = { group: "argoproj.io", version: "v1alpha1" };
  const list = await unlessAbsent(config.makeApiClient(CustomObjectsApi).getAPIResources(group));
  return list?.resources.some(({ name }) => name === "rollouts") ?? false;
}

/** The API group is there as soon as it is registered, whether or not anything answers. */
async function metricsFaultOf(config: KubeConfig): Promise<string | undefined> {
  const registered = config.makeApiClient(ApiregistrationV1Api).readAPIService({ name: metricsService });
  const service = await unlessAbsent(registered);
  if (service === undefined) return "absent";
  const available = service.status?.conditions?.find(({ type }) => type === "Available");
  return available?.status === "True" ? undefined : (available?.message ?? "not available yet");
}

/** What was asked for; undefined where there is no such thing. */
export async function unlessAbsent<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}
