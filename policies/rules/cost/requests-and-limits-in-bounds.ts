import type { Rule, Validation } from "../../rule.ts";
import { everyContainer, everyPod, podKinds, pods } from "../pods.ts";

export const requestsAndLimitsInBounds: Rule = {
  id: "requests-and-limits-in-bounds",
  title: "No container takes more CPU or memory than the environment allows.",
  reason: "A wrong unit, such as 8 for 8m, asks for a node that nobody has, or for one that everybody pays.",
  severity: "medium",
  remedy:
    "Lower it, or raise the parameter: mostCpu, 16 when it is left out, or mostMemory, 64Gi when it is left out.",
  references: [
    {
      title: "Kubernetes, Resource Management for Pods and Containers",
      url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
    },
  ],
  matchConstraints: podKinds,
  variables: [pods, bound("mostCpu", "16"), bound("mostMemory", "64Gi")],
  validations: [
    ...within("requests", "cpu", "mostCpu"),
    ...within("limits", "cpu", "mostCpu"),
    ...within("requests", "memory", "mostMemory"),
    ...within("limits", "memory", "mostMemory"),
  ],
  examples: {
    parameters: { mostCpu: "4", mostMemory: "8Gi" },
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order, namespace: order }
spec:
  containers:
    - name: order
      image: order
      resources: { requests: { cpu: 4, memory: 500Mi }, limits: { cpu: 4000m, memory: 8192Mi } }
    # What is left out, other rules ask for.
    - { name: proxy, image: proxy }
`,
    ],
    fail: [
      `
# expect: container order: resources.requests.cpu is more than the environment allows; lower it, or raise the parameter mostCpu
# expect: container order: resources.limits.cpu is more than the environment allows; lower it, or raise the parameter mostCpu
# expect: container order: resources.requests.memory is more than the environment allows; lower it, or raise the parameter mostMemory
# expect: container order: resources.limits.memory is more than the environment allows; lower it, or raise the parameter mostMemory
apiVersion: v1
kind: Pod
metadata: { name: order, namespace: order }
spec:
  containers:
    - name: order
      image: order
      resources: { requests: { cpu: 4001m, memory: 8193Mi }, limits: { cpu: 4.5, memory: 9G } }
---
# expect: spec.resources.requests.cpu is more than the environment allows; lower it, or raise the parameter mostCpu
# expect: spec.resources.limits.cpu is more than the environment allows; lower it, or raise the parameter mostCpu
# expect: spec.resources.requests.memory is more than the environment allows; lower it, or raise the parameter mostMemory
# expect: spec.resources.limits.memory is more than the environment allows; lower it, or raise the parameter mostMemory
apiVersion: v1
kind: Pod
metadata: { name: shared, namespace: order }
spec:
  resources: { requests: { cpu: "8", memory: 16Gi }, limits: { cpu: "8", memory: 16Gi } }
  containers:
    - { name: order, image: order }
---
# What is not requested is requested as it is limited.
# expect: container order: resources.requests.cpu is more than the environment allows; lower it, or raise the parameter mostCpu
# expect: container order: resources.limits.cpu is more than the environment allows; lower it, or raise the parameter mostCpu
apiVersion: v1
kind: Pod
metadata: { name: limited, namespace: order }
spec:
  containers:
    - { name: order, image: order, resources: { limits: { cpu: "8" } } }
---
# expect: spec.resources.requests.memory is more than the environment allows; lower it, or raise the parameter mostMemory
# expect: spec.resources.limits.memory is more than the environment allows; lower it, or raise the parameter mostMemory
apiVersion: v1
kind: Pod
metadata: { name: limited-together, namespace: order }
spec:
  resources: { limits: { memory: 16Gi } }
  containers:
    - { name: order, image: order }
`,
    ],
  },
};

function bound(name: string, otherwise: string) {
  return { name, expression: `quantity(params.?data.?${name}.orValue("${otherwise}"))` };
}

/** Of a container, and of a pod as a whole. Amounts are not told: the API server writes `4500m` for `4.5`. */
function within(list: string, resource: string, most: string): Validation[] {
  const field = `resources.${list}.${resource}`;
  // The API server fills a request that is left out in from the limit; that of a pod as a whole also from the sum of its
  // containers, which CEL cannot add up: there the cluster may see more than synth does.
  const amount = (of: string) =>
    `${of}.?resources.?${list}.?${resource}.or(${of}.?resources.?limits.?${resource}).orValue("0")`;
  const inBounds = (of: string) => `!quantity(string(${amount(of)})).isGreaterThan(variables.${most})`;
  const wrong = `${field} is more than the environment allows; lower it, or raise the parameter ${most}`;
  return [everyContainer(inBounds("container"), wrong), everyPod(inBounds("pod.spec"), `spec.${wrong}`)];
}
