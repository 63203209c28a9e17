import type { KubernetesObject } from "../../policies/judgement/judge.ts";

const namespace = "order";
const labels = { app: "order" };

function times<Value>(count: number, value: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => value(index));
}

function container(name: string) {
  return {
    name,
    image: "order:1.0",
    env: times(400, (index) => ({ name: `SETTING_${index}`, value: `the value of setting ${index}` })),
  };
}

/** Larger than anybody has them. The API server stops an expression that has cost a million. */
export const largeObjects: readonly { readonly what: string; readonly object: KubernetesObject }[] = [
  {
    what: "a ConfigMap of 900 KB",
    object: {
      ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "page", namespace } },
      data: { "index.html": "<a href='https://shop.example/'>the shop</a>\n".repeat(20_000) },
    } as KubernetesObject,
  },
  {
    what: "a ConfigMap of 5,000 keys",
    object: {
      ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace } },
      data: Object.fromEntries(times(5000, (index) => [`settings.of.the.shop.${index}`, "on"])),
    } as KubernetesObject,
  },
  {
    what: "a Deployment of 10 containers with 400 variables each",
    object: {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "order", namespace } },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: times(10, (index) => container(`order-${index}`)) },
        },
      },
    } as KubernetesObject,
  },
  {
    what: "a Role of 1,000 rules",
    object: {
      ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "order", namespace } },
      rules: times(1000, () => ({ apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list"] })),
    } as KubernetesObject,
  },
];
