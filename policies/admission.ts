import { typeChecked } from "./cel/engine.ts";
import { readsNeighbours } from "./cel/expression.ts";
import { type Node, nodesOf } from "./cel/syntax.ts";
import { type Exemption, expiredOf, type Level, levelOf, type Settings } from "./judgement/verdict.ts";
import type { Match, Rule, Variable } from "./rule.ts";

/** What a binding does with a violation: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions. */
type ValidationAction = "Deny" | "Warn" | "Audit";

/** The environment whose objects the API server judges. */
export interface Jurisdiction {
  /** The environment's name, which the names of its policies hold. */
  readonly environment: string;
  /** The labels of the environment's namespaces, and of no others. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** Whether the API server can judge by the rule: it sees one object at a time. */
export function isAdmissible(rule: Rule): boolean {
  return !readsNeighbours(rule);
}

/** By what the API server judges an environment: a policy and its binding of each rule that it can judge by, and that is not disabled. */
export function admission(rules: readonly Rule[], settings: Settings, jurisdiction: Jurisdiction) {
  return rules.filter(isAdmissible).flatMap((rule) => {
    const level = levelOf(rule.id, settings);
    if (level === "disabled") return [];
    const name = policyName(rule, jurisdiction);
    return [policy(name, rule, settings), binding(name, actions[level], jurisdiction)];
  });
}

/** The name of a rule's policy in an environment, and of its binding. Neither holds a dot, so no two of them are one. */
function policyName({ id }: Rule, { environment }: Jurisdiction): string {
  return `pressurevalve-${environment}.${id}`;
}

/**
 * Whatever cannot be judged is refused: `failurePolicy` is Fail. Versions of a group are one, which also keeps the API
 * server from checking types: it would warn of every field that one of a rule's kinds has and another has not.
 */
function policy(name: string, rule: Rule, settings: Settings) {
  const { title, remedy, matchConstraints, validations, variables = [] } = rule;
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name, labels, annotations: { "pressurevalve.dev/title": title } },
    spec: {
      failurePolicy: "Fail",
      matchConstraints: { matchPolicy: "Equivalent", resourceRules: matchConstraints.map(resourceRule) },
      variables: [
        ...exemptionOf(rule, settings),
        parameterVariable(settings),
        ...variables.map((variable) => ({ ...variable, expression: withParameters(variable.expression) })),
      ],
      validations: validations.map(({ expression, messageExpression }) => ({
        expression: `variables.exempt || (${inOneLine(withParameters(expression))})`,
        message: remedy,
        messageExpression: withParameters(messageExpression),
      })),
    },
  };
}

const labels = { "app.kubernetes.io/managed-by": "pressurevalve" };

/**
 * `variables.params`: the environment's parameters in the policy itself, in place of a ConfigMap to which it refers.
 * docs/decisions/0028-policies-that-hold-their-parameters.md
 */
function parameterVariable({ parameters = {} }: Settings): Variable {
  return { name: "params", expression: `dyn(${JSON.stringify({ data: parameters })})` };
}

/**
 * A validation's: the API server cannot warn of a longer expression that it cannot evaluate, and keeps silent. A comment ends with its
 * line, and would take the rest with it; a text is left as it is.
 */
function inOneLine(expression: string): string {
  const { ast } = typeChecked(expression, "dyn");
  const texts = nodesOf(ast as Node).filter(({ op, args }) => op === "value" && typeof args === "string");
  const edges = [0, ...texts.flatMap(({ start, end }) => [start, end]), expression.length];
  const pieces = edges
    .toSorted((one, other) => one - other)
    .map((start, at, all) => expression.slice(start, all[at + 1]));
  return pieces
    .map((piece, at) => (at % 2 === 1 ? piece : piece.replaceAll(/\s*(\/\/.*|\n)\s*/g, " ")))
    .join("");
}

/** The expression with `variables.params` wherever it reads `params`. */
function withParameters(expression: string): string {
  const { ast } = typeChecked(expression, "dyn");
  const read = nodesOf(ast as Node).filter(({ op, args }) => op === "id" && args === "params");
  // From the last to the first, so that places keep their offsets.
  return read
    .sort((one, other) => other.start - one.start)
    .reduce((text, { start }) => `${text.slice(0, start)}variables.${text.slice(start)}`, expression);
}

/**
 * `variables.exempt`: whether nothing follows when the object breaks the rule.
 *
 * An object is exempted under its own name, or because a controller made it for one that is: its controller by
 * ownerReferences, or the controller of that, which the API server cannot look up and which is read off the name that
 * only the controller's controller gives. A Deployment and a Rollout name a ReplicaSet `<own name>-<hash>`, and label
 * its pods with the hash; a CronJob names a Job `<own name>-<minutes>`. The claims of a StatefulSet, which outlive it, have
 * no owner, and the name `<claim>-<own name>-<ordinal>`.
 *
 * Anybody can write an ownerReference, a label and a name, so that they count only in what a controller itself writes.
 * What a person writes is judged under its own name, whomever it names as its owner. A person may still name a
 * ReplicaSet or a Job so that its pods look like those of another workload; but then it is that ReplicaSet or Job that
 * is judged, by the same rules and before there is any pod. The Jobs of an AnalysisRun carry neither name nor label of
 * its Rollout, and are judged.
 */
function exemptionOf(
  rule: Pick<Rule, "id">,
  { exemptions = [], today }: Pick<Settings, "exemptions" | "today">,
): readonly Variable[] {
  const expired = expiredOf({ exemptions, today });
  const exempted = exemptions.filter((one) => one.rule === rule.id && !expired.includes(one)).map(nameOf);
  return [
    { name: "exempted", expression: JSON.stringify(exempted) },
    { name: "byController", expression: `request.userInfo.username in ${JSON.stringify(controllers)}` },
    {
      name: "owners",
      expression: `variables.byController ? object.metadata.?ownerReferences.orValue([]).filter(o, o.?controller.orValue(false)) : []`,
    },
    { name: "hash", expression: hashOf("pod-template-hash") },
    { name: "rolloutHash", expression: hashOf("rollouts-pod-template-hash") },
    {
      name: "makers",
      expression: `variables.owners.map(o, o.kind + "/" + o.name)
  + variables.owners.filter(o, o.kind == "ReplicaSet" && o.name.endsWith(variables.hash))
      .map(o, "Deployment/" + o.name.substring(0, o.name.size() - variables.hash.size()))
  + variables.owners.filter(o, o.kind == "ReplicaSet" && o.name.endsWith(variables.rolloutHash))
      .map(o, "Rollout/" + o.name.substring(0, o.name.size() - variables.rolloutHash.size()))
  + variables.owners.filter(o, o.kind == "Job" && o.name.matches("^.+-[0-9]+$"))
      .map(o, "CronJob/" + o.name.substring(0, o.name.lastIndexOf("-")))`,
    },
    { name: "leftAlone", expression: leftAlone },
    {
      name: "exempt",
      expression: `variables.leftAlone
  || ([object.kind + "/" + object.metadata.name] + variables.makers).exists(name, variables.exempted.exists(one,
    one == name.split("/")[0] + "/" + object.metadata.?namespace.orValue("") + "/" + name.split("/")[1]))
  || variables.byController && object.kind == "PersistentVolumeClaim" && variables.exempted.exists(one,
    one.startsWith("StatefulSet/" + object.metadata.namespace + "/")
      && object.metadata.name.matches("-" + one.split("/")[2] + "-[0-9]+$"))`,
    },
  ];
}

/**
 * An update in which whoever asks says nothing new of what rules judge. What was there before its rule must not stand in
 * the way of its own end: the controller of a mended Deployment scales the old ReplicaSet down by an update, that of a Job
 * takes finalizers off pods which are done, an operator off what is being deleted, the scheduler annotates a claim, and
 * Argo Rollouts shifts the weights of a VirtualService.
 */
const leftAlone = `request.operation == "UPDATE" && (variables.byController
  || object.all(field, field in ["metadata", "status"] || object[field] == oldObject[?field].orValue(null))
    && oldObject.all(field, field in ["metadata", "status"] || field in object)
    && object.metadata.?labels == oldObject.metadata.?labels
    && object.metadata.?annotations == oldObject.metadata.?annotations)`;

/**
 * Who makes and moves what somebody else declared: the controllers of Kubernetes, by the one name that they all have or
 * each by its own (`--use-service-account-credentials`), its scheduler, and Argo Rollouts and KEDA as they are installed.
 * Other add-ons have accounts in kube-system as well, and some write there what anybody tells them to.
 * https://argo-rollouts.readthedocs.io/en/stable/installation/, https://keda.sh/docs/latest/deploy/
 */
const controllers: readonly string[] = [
  "system:kube-controller-manager",
  "system:kube-scheduler",
  "system:serviceaccount:argo-rollouts:argo-rollouts",
  "system:serviceaccount:keda:keda-operator",
  ...[
    "cronjob-controller",
    "daemon-set-controller",
    "deployment-controller",
    "ephemeral-volume-controller",
    "generic-garbage-collector",
    "job-controller",
    "persistent-volume-binder",
    "replicaset-controller",
    "replication-controller",
    "statefulset-controller",
  ].map((name) => `system:serviceaccount:kube-system:${name}`),
];

/** Names that no rule may give a variable of its own: the API server would take the later of the two for both. */
export const takenVariables: ReadonlySet<string> = new Set([
  "params",
  ...exemptionOf({ id: "" }, { today: "" }).map(({ name }) => name),
]);

/** What the name of a ReplicaSet ends with, if the label of its pods says so; else something with which no name ends. */
function hashOf(label: string): string {
  return `object.metadata.?labels[?"${label}"].optMap(hash, "-" + hash).orValue("/")`;
}

function nameOf({ object: { kind, namespace, name } }: Exemption): string {
  return `${kind}/${namespace}/${name}`;
}

const actions: Record<Exclude<Level, "disabled">, readonly ValidationAction[]> = {
  advisory: ["Warn", "Audit"],
  mandatory: ["Deny", "Audit"],
};

function binding(
  name: string,
  validationActions: readonly ValidationAction[],
  { namespaceLabels }: Jurisdiction,
) {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name, labels },
    spec: {
      policyName: name,
      validationActions,
      matchResources: { namespaceSelector: { matchLabels: namespaceLabels }, resourceRules: namespaced },
    },
  };
}

/**
 * A namespaceSelector lets through what has no namespace, and a ClusterRole belongs to no environment: each would judge
 * those of the others, and of whatever else the cluster runs.
 */
const namespaced = [
  { apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"], scope: "Namespaced" },
];

function resourceRule({ apiGroup, kinds }: Match) {
  return {
    apiGroups: [apiGroup],
    apiVersions: ["*"],
    operations: ["CREATE", "UPDATE"],
    resources: kinds.flatMap((kind) => {
      const name = plural(kind.toLowerCase());
      return [
        name,
        ...(apiGroup === "" && kind === "Pod" ? podChanges.map((part) => `${name}/${part}`) : []),
      ];
    }),
  };
}

/** Ways to change a running pod, each of which shows the whole of it: a debugging container joins, requests and limits change. */
const podChanges = ["ephemeralcontainers", "resize"];

/** As Kubernetes and its tools name resources: `networkpolicies`, `meshes`, but `gateways`. */
function plural(singular: string): string {
  if (singular.endsWith("endpoints")) return singular;
  if (/(s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
