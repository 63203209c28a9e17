import { everyPod, podKinds, pods } from "./pods.ts";
import type { Rule } from "./rule.ts";

const longRunning = ["Deployment", "StatefulSet", "DaemonSet", "Rollout"];

const named = `pod.spec.?serviceAccountName.orValue("default")`;

/**
 * Every pod runs under a ServiceAccount that belongs to its workload, and says whether it gets a token. What
 * runs to its end (a Job, a CronJob, a smoke test) may use the account of the service that it belongs to;
 * two workloads that keep running may not share one.
 */
export const ownServiceAccount: Rule = {
  name: "own-service-account",
  description:
    "Every workload runs under a ServiceAccount of its own and mounts a token only when it says so.",
  why: "Rights hang on the ServiceAccount: whoever shares one shares the rights of the others.",
  matchConstraints: podKinds,
  variables: [
    pods,
    {
      name: "accounts",
      expression: `neighbours.filter(o, o.kind == "ServiceAccount" && o.apiVersion == "v1")`,
    },
    {
      name: "sharers",
      expression: `!(object.kind in ${JSON.stringify(longRunning)}) ? [] : neighbours.filter(o,
        o.kind in ${JSON.stringify(longRunning)}
        && !(o.kind == object.kind && o.metadata.name == object.metadata.name)
        && o.?spec.?template.?spec.?serviceAccountName.orValue("of o")
          == object.?spec.?template.?spec.?serviceAccountName.orValue("of object"))`,
    },
  ],
  validations: [
    everyPod(
      `!(${named} in ["", "default"])`,
      "spec.serviceAccountName is not set or is default; name a ServiceAccount of this workload",
    ),
    {
      expression: "variables.sharers.size() == 0",
      messageExpression: `"spec.serviceAccountName is " + object.spec.template.spec.serviceAccountName
        + ", and so it is in " + variables.sharers.map(o, o.kind + " " + o.metadata.name).join(", ")
        + "; give each a ServiceAccount of its own"`,
    },
    everyPod(
      `pod.spec.?automountServiceAccountToken.hasValue() || variables.accounts.exists(account,
        account.metadata.name == ${named} && account.?automountServiceAccountToken.hasValue())`,
      "spec.automountServiceAccountToken is left out, which mounts a token; set it to false, or to true for a pod that calls the Kubernetes API",
    ),
  ],
};
