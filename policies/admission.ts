import { readsNeighbours } from "./cel.ts";
import type { Match, Rule } from "./rule.ts";

/** What a binding does with a violation: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-actions. */
export type ValidationAction = "Deny" | "Warn" | "Audit";

/** Whether the API server can judge by the rule: it sees one object at a time. */
export function isAdmissible(rule: Rule): boolean {
  return !readsNeighbours(rule);
}

/**
 * The rule as a ValidatingAdmissionPolicy. Whatever cannot be judged is refused: `failurePolicy` is Fail.
 * Versions of a group are one, and a debugging container that joins a running pod is judged as well.
 */
export function admissionPolicy(rule: Rule) {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: policyName(rule), annotations: { "pressurevalve.dev/title": rule.title } },
    spec: {
      failurePolicy: "Fail",
      paramKind: { apiVersion: "v1", kind: "ConfigMap" },
      matchConstraints: { matchPolicy: "Equivalent", resourceRules: rule.matchConstraints.map(resourceRule) },
      ...(rule.variables && { variables: rule.variables }),
      validations: rule.validations.map((validation) => ({ ...validation, message: rule.remedy })),
    },
  };
}

/** Puts the policy in force for the namespaces that carry the labels, with these parameters. */
export function admissionPolicyBinding(rule: Rule, { actions, namespaces, parameters }: Enforcement) {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicyBinding",
    metadata: { name: policyName(rule) },
    spec: {
      policyName: policyName(rule),
      validationActions: actions,
      matchResources: { namespaceSelector: { matchLabels: namespaces } },
      paramRef: { ...parameters, parameterNotFoundAction: "Deny" },
    },
  };
}

/** How and where admission policies are in force. */
export interface Enforcement {
  readonly actions: readonly ValidationAction[];
  /** The labels of the namespaces whose objects are judged. */
  readonly namespaces: Readonly<Record<string, string>>;
  /** The ConfigMap of the environment's parameters. */
  readonly parameters: { readonly name: string; readonly namespace: string };
}

/** The name of a rule's policy, and of its binding. */
export function policyName({ id }: Rule): string {
  return `pressurevalve-${id}`;
}

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

/** The plural of a kind, as API machinery guesses it: https://pkg.go.dev/k8s.io/apimachinery/pkg/api/meta#UnsafeGuessKindToResource. */
function resource(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith("endpoints")) return singular;
  if (singular.endsWith("s")) return `${singular}es`;
  return singular.endsWith("y") ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
