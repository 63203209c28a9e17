import type { Match, Rule } from "./rule.ts";
import { autoscalersOf, floorOf, isScaled, scaledKinds } from "./workloads.ts";

const budgets: Match = { apiGroup: "policy", kinds: ["PodDisruptionBudget"] };

/** A CEL condition: a label selector selects these labels. An absent selector selects nothing, an empty one all. */
function selects(selector: string, labels: string): string {
  return `(${selector}.hasValue()
    && ${selector}.?matchLabels.orValue({}).all(key,
      key in ${labels} && ${labels}[key] == ${selector}.?matchLabels.orValue({})[key])
    && ${selector}.?matchExpressions.orValue([]).all(e,
      e.operator == "In" ? (e.key in ${labels} && ${labels}[e.key] in e.values)
      : e.operator == "NotIn" ? !(e.key in ${labels} && ${labels}[e.key] in e.values)
      : e.operator == "Exists" ? e.key in ${labels}
      : !(e.key in ${labels})))`;
}

const podLabels = (workload: string) => `${workload}.?spec.?template.?metadata.?labels.orValue({})`;

/** How many of `total` pods minAvailable keeps, a CEL int; Kubernetes rounds a percentage up. */
function kept(minAvailable: string, total: string): string {
  return `(type(${minAvailable}) == int ? ${minAvailable}
    : (int(${minAvailable}.split("%")[0]) * ${total} + 99) / 100)`;
}

/**
 * Whoever has more than one pod, or an autoscaler, has exactly one PodDisruptionBudget, and every
 * PodDisruptionBudget permits at least one eviction when its workloads stand at their minimum.
 */
export const disruptionBudget: Rule = {
  name: "disruption-budget",
  description: "Replicated workloads have one PodDisruptionBudget, and it permits an eviction.",
  why: "Without a budget a node drain may take all pods at once; with one that permits nothing it never ends.",
  matchConstraints: [...scaledKinds, budgets],
  variables: [
    {
      name: "budgets",
      expression: `object.kind == "PodDisruptionBudget" ? [] : neighbours.filter(b,
        b.kind == "PodDisruptionBudget" && b.apiVersion.startsWith("policy/")
        && ${selects("b.?spec.?selector", podLabels("object"))})`,
    },
    {
      name: "needsBudget",
      expression: `object.kind != "PodDisruptionBudget"
        && (object.?spec.?replicas.orValue(1) > 1 || ${autoscalersOf("object")}.size() > 0)`,
    },
    {
      name: "workloads",
      expression: `object.kind != "PodDisruptionBudget" ? [] : neighbours.filter(o,
        ${isScaled} && ${selects("object.?spec.?selector", podLabels("o"))})`,
    },
    { name: "floor", expression: `variables.workloads.map(o, ${floorOf("o")}).sum()` },
  ],
  validations: [
    {
      expression: "!variables.needsBudget || variables.budgets.size() > 0",
      messageExpression: `"no PodDisruptionBudget selects its pods, so a node drain may take them all at once; "
        + "add one with maxUnavailable: 1"`,
    },
    {
      expression: "variables.budgets.size() < 2",
      messageExpression: `"its pods are selected by " + string(variables.budgets.size()) + " PodDisruptionBudgets ("
        + variables.budgets.map(b, b.metadata.name).join(", ")
        + "), and the eviction API refuses such pods; keep one"`,
    },
    {
      expression: `!(object.?spec.?maxUnavailable.orValue(1) in [0, "0", "0%"])`,
      messageExpression: `"spec.maxUnavailable is " + string(object.spec.maxUnavailable)
        + ", which forbids every eviction; set it to 1 or more"`,
    },
    {
      expression: `!(object.?spec.?minAvailable.orValue(0) in ["100%"])`,
      messageExpression: `"spec.minAvailable is 100%, which forbids every eviction; use maxUnavailable: 1 instead"`,
    },
    {
      expression: `object.?spec.?minAvailable.orValue("100%") == "100%" || variables.workloads.size() == 0
        || ${kept("object.spec.minAvailable", "variables.floor")} < variables.floor`,
      messageExpression: `"spec.minAvailable is " + string(object.spec.minAvailable) + ", but "
        + variables.workloads.map(o, o.kind + " " + o.metadata.name).join(", ") + " may have only "
        + string(variables.floor) + " pods, so no eviction is permitted; use maxUnavailable: 1 instead"`,
    },
  ],
};
