import { admission, isAdmissible, type Jurisdiction } from "../../policies/admission.ts";
import type { KubernetesObject } from "../../policies/judgement/judge.ts";
import type { Level, Settings } from "../../policies/judgement/verdict.ts";
import type { Rule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules/index.ts";
import { differences } from "../policies/differences.ts";
import { examplesOf, parameters, richObjects } from "../policies/examples.ts";
import { standing } from "./changed-objects.ts";
import type { Cluster } from "./cluster.ts";

/** The rules by which the API server can judge. */
export const admissible: readonly Rule[] = rules.filter(isAdmissible);

/** A namespace, and the rules by which its objects are judged. */
export interface Court {
  readonly namespace: string;
  readonly rules: readonly Rule[];
  readonly level: Level;
}

const home = "policies-under-test";

/** Warns of whatever breaks a rule. */
export const everyRule: Court = { namespace: home, rules: admissible, level: "advisory" };

const rulesAtATime = 3;

/**
 * The same in several namespaces, for the API server shortens the warnings of one answer that are longer than 4 KiB
 * together: https://pkg.go.dev/k8s.io/apiserver/pkg/endpoints/filters#WithWarningRecorder
 */
export const fewRules: readonly Court[] = Array.from(
  { length: Math.ceil(admissible.length / rulesAtATime) },
  (_, at) => ({
    namespace: `${home}-${at}`,
    rules: admissible.slice(at * rulesAtATime, (at + 1) * rulesAtATime),
    level: "advisory",
  }),
);

/** Refuses what breaks its one rule. */
export interface OneRule extends Court {
  readonly rule: Rule;
}

export const oneRule: readonly OneRule[] = admissible.map((rule) => ({
  namespace: `${home}-${rule.id}`,
  rule,
  rules: [rule],
  level: "mandatory",
}));

/** Refuses whatever breaks a rule, but for what is called `exempt`. */
export const exempting: Court = { namespace: `${home}-exempting`, rules: admissible, level: "mandatory" };

/** Warns of what breaks a rule about itself. */
export const differing: Court = {
  namespace: `${home}-differences`,
  rules: differences.map(({ rule }) => rule),
  level: "advisory",
};

/** Where objects stood before `exempting`'s policies began to judge them. */
export const judgedLater: Pick<Court, "namespace"> = { namespace: `${home}-later` };

export const courts: readonly Court[] = [everyRule, ...fewRules, ...oneRule, exempting, differing];

/** By which the objects that are in no namespace are told from those of the cluster itself. */
const judgedInCluster = { "pressurevalve.dev/judged": home };

/** The object, as a court can judge it. */
export function placed(
  object: KubernetesObject,
  { namespace }: Pick<Court, "namespace"> = everyRule,
): KubernetesObject {
  const { labels, ...rest }: KubernetesObject["metadata"] & { labels?: object } = object.metadata;
  const metadata = {
    ...rest,
    ...(rest.namespace !== undefined && { namespace }),
    labels: { ...labels, ...judgedInCluster },
  };
  return { ...object, metadata };
}

interface Made {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Puts every admission policy in force, in namespaces of its own, and takes away what was not there before. */
export class PoliciesInForce {
  readonly #cluster: Cluster;
  #made: readonly Made[] = [];

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async make(): Promise<void> {
    const found = await this.#cluster.kubectl("get", "-o", "name", "crds");
    const there = new Set(found.split("\n").map((name) => name.split("/")[1]));
    this.#made = [
      ...strangers.filter(({ metadata }) => !there.has(metadata.name)),
      ...courts.map(namespaceOf),
      { ...namespaceOf(exempting), metadata: { name: judgedLater.namespace } },
      ...serviceAccounts(judgedLater, standing),
      ...standing.map((object) => placed(object, judgedLater)),
      ...courts.flatMap((court) =>
        serviceAccounts(court, [...court.rules.flatMap(examplesOf), ...richObjects]),
      ),
      ...courts.flatMap((court) => admission(court.rules, settings(court), jurisdiction(court))),
      ...ofClusterObjects(),
    ];
    const { failed, stderr } = await this.#cluster.apply(this.#made, "--server-side");
    if (failed) throw new Error(stderr);
    await this.#cluster.kubectl("label", "namespace", judgedLater.namespace, `judged=${exempting.namespace}`);
  }

  async remove(): Promise<void> {
    await this.#cluster.remove([...this.#made].reverse());
  }
}

function namespaceOf({ namespace }: Court) {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: { judged: namespace } },
  };
}

/** Without its account, a pod is not even judged. */
function serviceAccounts({ namespace }: Pick<Court, "namespace">, objects: readonly KubernetesObject[]) {
  const pods = objects.filter(({ kind }) => kind === "Pod") as Pod[];
  const names = new Set(pods.map(({ spec }) => spec?.serviceAccountName ?? "default"));
  return [...names].map((name) => ({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name, namespace },
  }));
}

interface Pod extends KubernetesObject {
  readonly spec?: { readonly serviceAccountName?: string };
}

function jurisdiction({ namespace }: Court): Jurisdiction {
  return { environment: namespace, namespaceLabels: { judged: namespace } };
}

function settings(court: Court): Settings {
  const exemptions = court === exempting ? exempted : [];
  return { level: court.level, parameters, exemptions, today: "2026-11-21" };
}

const exempted = ["Deployment", "Rollout", "CronJob", "StatefulSet", "ScaledObject"].flatMap((kind) =>
  admissible.map(({ id }) => ({
    rule: id,
    object: { kind, namespace: exempting.namespace, name: "exempt" },
    owner: "test",
    reason: "a test",
    expires: "2026-11-21",
  })),
);

/** As for the objects of a namespace, for those labelled objects that are in none. */
function ofClusterObjects() {
  const jurisdiction = { environment: `${home}-cluster`, namespaceLabels: {} };
  const matchResources = { objectSelector: { matchLabels: judgedInCluster }, resourceRules: ofCluster };
  return admission(admissible, settings(everyRule), jurisdiction).map((made) =>
    made.kind === "ValidatingAdmissionPolicyBinding"
      ? { ...made, spec: { ...made.spec, matchResources } }
      : made,
  );
}

const ofCluster = [
  { apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"], scope: "Cluster" },
];

/** Kinds that rules know and the local cluster does not have, without a schema. */
const strangers = [
  customResource("keda.sh", "v1alpha1", "ScaledObject"),
  customResource("keda.sh", "v1alpha1", "ScaledJob"),
  customResource("postgresql.cnpg.io", "v1", "Cluster"),
  customResource("gateway.networking.k8s.io", "v1", "Gateway"),
  customResource("gateway.networking.k8s.io", "v1", "HTTPRoute"),
  customResource("gateway.networking.k8s.io", "v1", "GRPCRoute"),
  customResource("gateway.networking.k8s.io", "v1alpha2", "TLSRoute"),
];

/**
 * A custom resource without null, which the API server drops where the schema of its kind knows the field: the kinds above
 * have no schema here, and Istio's allows null for some fields, where it stays.
 */
export function pruned<Object extends KubernetesObject>(object: Object): Object {
  const [group = ""] = object.apiVersion.split("/");
  const isCustom = group.includes(".") && !group.endsWith(".k8s.io");
  if (!isCustom && !strangers.some(({ spec }) => spec.group === group)) return object;
  // Of a list from which an element is taken so, a hole stays.
  const withoutNull = (value: unknown) =>
    Array.isArray(value) ? value.filter(() => true) : (value ?? undefined);
  return JSON.parse(JSON.stringify(object), (_, value) => withoutNull(value));
}

function customResource(group: string, version: string, kind: string) {
  const plural = `${kind.toLowerCase()}s`;
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${group}`,
      // Asked of whoever makes kinds in a group of Kubernetes' own.
      annotations: { "api-approved.kubernetes.io": "unapproved, for a test" },
    },
    spec: {
      group,
      scope: "Namespaced",
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  };
}
