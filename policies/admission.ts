import { readsNeighbours } from "./cel.ts";
import type { Match, Rule, Variable } from "./rule.ts";
import type { Exemption, Level, Settings } from "./verdict.ts";

/** What a binding does with a violation: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions. */
type ValidationAction = "Deny" | "Warn" | "Audit";

/** The environment whose objects the API server judges. */
export interface Jurisdiction {
  /** The environment's name, with which the names of its bindings end. */
  readonly environment: string;
  /** The labels of the environment's namespaces, and of no others. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  /** Holds the ConfigMap. Whoever may write there decides what is exempted: nobody who writes into the namespaces may. */
  readonly parameterNamespace: string;
}

/** Whether the API server can judge by the rule: it sees one object at a time. */
export function isAdmissible(rule: Rule): boolean {
  return !readsNeighbours(rule);
}

/** The rules that the API server can judge by, as policies. They are the same for every environment, and bind none. */
export function admissionPolicies(rules: readonly Rule[]) {
  return rules.filter(isAdmissible).map(admissionPolicy);
}

/**
 * Never judges anything, and must stay for ever. When the last binding whose parameters are a ConfigMap goes, the API
 * server ends its one watch of ConfigMaps, and cannot begin another before it is started again: from then on it finds no
 * parameters, and refuses whatever a new binding matches. Seen with 1.36; `policySource.calculatePolicyData` and
 * `ensureParamsForPolicyLocked` in https://pkg.go.dev/k8s.io/apiserver/pkg/admission/plugin/policy/generic.
 */
export function parameterWatch() {
  const name = "pressurevalve-parameter-watch";
  const nothing = [
    { apiGroups: ["pressurevalve.dev"], apiVersions: ["*"], operations: ["CREATE"], resources: ["nothing"] },
  ];
  return [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: { name, labels },
      spec: {
        paramKind: { apiVersion: "v1", kind: "ConfigMap" },
        matchConstraints: { resourceRules: nothing },
        validations: [{ expression: "true" }],
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata: { name, labels },
      spec: {
        policyName: name,
        validationActions: ["Audit"],
        paramRef: { selector: {}, parameterNotFoundAction: "Allow" },
      },
    },
  ];
}

/**
 * Whatever cannot be judged is refused: `failurePolicy` is Fail. Versions of a group are one, which also keeps the API
 * server from checking types: it would warn of every field that one of a rule's kinds has and another has not.
 */
function admissionPolicy(rule: Rule) {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: policyName(rule), labels, annotations: { "pressurevalve.dev/title": rule.title } },
    spec: {
      failurePolicy: "Fail",
      paramKind: { apiVersion: "v1", kind: "ConfigMap" },
      matchConstraints: { matchPolicy: "Equivalent", resourceRules: rule.matchConstraints.map(resourceRule) },
      variables: [...exemptionOf(rule), ...(rule.variables ?? [])],
      validations: rule.validations.map(({ expression, messageExpression }) => ({
        // In one line: the API server cannot warn of a longer one that it cannot evaluate, and keeps silent.
        expression: `variables.exempt || (${expression.replaceAll(/\s*\n\s*/g, " ")})`,
        message: rule.remedy,
        messageExpression,
      })),
    },
  };
}

const labels = { "app.kubernetes.io/managed-by": "pressurevalve" };

/** The name of a rule's policy. */
export function policyName({ id }: Pick<Rule, "id">): string {
  return `pressurevalve-${id}`;
}

/**
 * `variables.exempt`: whether nothing follows when the object breaks the rule.
 *
 * An object is exempted under its own name, or because a controller made it for one that is: its controller by
 * ownerReferences, or the controller of that, which the API server cannot look up and which is read off the name that
 * only the controller's controller gives. A Deployment and a Rollout name a ReplicaSet `<own name>-<hash>`, and label
 * its pods with the hash; a CronJob names a Job `<own name>-<minutes>`.
 *
 * Anybody can write an ownerReference, a label and a name, so that they count only in what a controller itself writes.
 * What a person writes is judged under its own name, whomever it names as its owner. A person may still name a
 * ReplicaSet or a Job so that its pods look like those of another workload; but then it is that ReplicaSet or Job that
 * is judged, by the same rules and before there is any pod. The Jobs of an AnalysisRun carry neither name nor label of
 * its Rollout, and are judged.
 *
 * Controllers also take finalizers off what is being deleted: refused, it could never go.
 */
function exemptionOf({ id }: Rule): readonly Variable[] {
  return [
    {
      name: "exempted",
      expression: `params.?data[?${JSON.stringify(exemptKey(id))}].orValue("").split("\\n")`,
    },
    {
      name: "byController",
      expression: `request.userInfo.username == "system:kube-controller-manager"
  || request.userInfo.username.startsWith("system:serviceaccount:kube-system:")
  || request.userInfo.username in params.?data.?controllers.orValue("").split("\\n")`,
    },
    {
      name: "controllers",
      expression: `variables.byController ? object.metadata.?ownerReferences.orValue([]).filter(o, o.?controller.orValue(false)) : []`,
    },
    { name: "hash", expression: hashOf("pod-template-hash") },
    { name: "rolloutHash", expression: hashOf("rollouts-pod-template-hash") },
    {
      name: "makers",
      expression: `variables.controllers.map(o, o.kind + "/" + o.name)
  + variables.controllers.filter(o, o.kind == "ReplicaSet" && o.name.endsWith(variables.hash))
      .map(o, "Deployment/" + o.name.substring(0, o.name.size() - variables.hash.size()))
  + variables.controllers.filter(o, o.kind == "ReplicaSet" && o.name.endsWith(variables.rolloutHash))
      .map(o, "Rollout/" + o.name.substring(0, o.name.size() - variables.rolloutHash.size()))
  + variables.controllers.filter(o, o.kind == "Job" && o.name.matches("^.+-[0-9]+$"))
      .map(o, "CronJob/" + o.name.substring(0, o.name.lastIndexOf("-")))`,
    },
    {
      name: "exempt",
      expression: `variables.byController && has(object.metadata.deletionTimestamp)
  || ([object.kind + "/" + object.metadata.name] + variables.makers).exists(name, variables.exempted.exists(one,
    one == name.split("/")[0] + "/" + object.metadata.?namespace.orValue("") + "/" + name.split("/")[1]))`,
    },
  ];
}

/** What the name of a ReplicaSet ends with, if the label of its pods says so; else something with which no name ends. */
function hashOf(label: string): string {
  return `object.metadata.?labels[?"${label}"].optMap(hash, "-" + hash).orValue("/")`;
}

/** The environment's parameters, and what it exempts from which rule until a day that has not gone by. */
export function admissionParameters(settings: Settings, { parameterNamespace }: Jurisdiction) {
  const inForce = (settings.exemptions ?? []).filter(({ expires }) => expires >= settings.today);
  const exempted = [...Map.groupBy(inForce, ({ rule }) => rule)].map(
    ([rule, exemptions]) => [exemptKey(rule), exemptions.map(nameOf).join("\n")] as const,
  );
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: parameterName, namespace: parameterNamespace, labels },
    data: { controllers: rollouts, ...settings.parameters, ...Object.fromEntries(exempted) },
  };
}

/** The account of Argo Rollouts as it is installed: https://argo-rollouts.readthedocs.io/en/stable/installation/. */
const rollouts = "system:serviceaccount:argo-rollouts:argo-rollouts";

const parameterName = "pressurevalve-policies";

function exemptKey(rule: string): string {
  return `exempt.${rule}`;
}

function nameOf({ object: { kind, namespace, name } }: Exemption): string {
  return `${kind}/${namespace}/${name}`;
}

/** Puts the policies of all rules that are not disabled in force for an environment. */
export function admissionBindings(rules: readonly Rule[], settings: Settings, jurisdiction: Jurisdiction) {
  return rules.filter(isAdmissible).flatMap((rule) => {
    const level = settings.levels?.[rule.id] ?? settings.level;
    return level === "disabled" ? [] : [binding(rule, actions[level], jurisdiction)];
  });
}

const actions: Record<Exclude<Level, "disabled">, readonly ValidationAction[]> = {
  advisory: ["Warn", "Audit"],
  mandatory: ["Deny", "Audit"],
};

function binding(
  rule: Rule,
  validationActions: readonly ValidationAction[],
  { environment, namespaceLabels, parameterNamespace }: Jurisdiction,
) {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: `${policyName(rule)}-${environment}`, labels },
    spec: {
      policyName: policyName(rule),
      validationActions,
      matchResources: {
        namespaceSelector: { matchLabels: namespaceLabels },
        resourceRules: namespaced,
      },
      paramRef: { name: parameterName, namespace: parameterNamespace, parameterNotFoundAction: "Deny" },
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

/** A debugging container that joins a running pod is judged as well. */
function resourceRule({ apiGroup, kinds }: Match) {
  return {
    apiGroups: [apiGroup],
    apiVersions: ["*"],
    operations: ["CREATE", "UPDATE"],
    resources: kinds.flatMap((kind) =>
      kind === "Pod" && apiGroup === "" ? ["pods", "pods/ephemeralcontainers"] : [resource(kind)],
    ),
  };
}

/** The plural of a kind: `networkpolicies`, but `gateways`. */
function resource(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith("endpoints")) return singular;
  if (singular.endsWith("s")) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
