import type { Rule } from "../../rule.ts";

/** A CEL string: a host as Istio completes it, from the object that names it. */
function complete(host: string, object: string): string {
  return `(${host}.contains(".") ? ${host}
    : ${host} + "." + ${object}.metadata.?namespace.orValue("default") + ".svc.cluster.local")`;
}

const asked = `${complete("d.host", "object")} + " " + d.subset`;

/** A CEL condition: nothing of the host's namespace is judged here, so its DestinationRule may be there unseen. */
const isForeign = `(d.host.endsWith(".svc.cluster.local") && !(d.host.split(".")[1] in variables.namespaces))`;

const isMissing = `(d.?subset.orValue("") != "" && !(${asked} in variables.declared) && !${isForeign})`;

export const subsetExists: Rule = {
  id: "subset-exists",
  title: "Every subset that a route leads to is there.",
  reason: "A route to a missing subset answers 503 to every request.",
  severity: "critical",
  remedy: "Declare the subset in the destination's DestinationRule.",
  references: [
    {
      title: "Istio, VirtualService",
      url: "https://istio.io/latest/docs/reference/config/networking/virtual-service/",
    },
    {
      title: "Istio, Traffic Management Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/traffic-management/",
    },
  ],
  matchConstraints: [{ apiGroup: "networking.istio.io", kinds: ["VirtualService"] }],
  variables: [
    {
      name: "declared",
      expression: `objects.filter(o, o.kind == "DestinationRule" && o.apiVersion.startsWith("networking.istio.io/"))
        .map(o, o.?spec.?subsets.orValue([]).map(s, ${complete("o.spec.host", "o")} + " " + s.name).join("\\n"))
        .join("\\n").split("\\n")`,
    },
    {
      name: "namespaces",
      expression: `objects.filter(o, o.kind in ["Service", "DestinationRule", "Deployment", "StatefulSet", "Rollout"])
        .map(o, o.metadata.?namespace.orValue("default"))`,
    },
    {
      name: "missing",
      expression: `["http", "tcp", "tls"].map(kind, object.?spec[?kind].orValue([]).map(route,
          (route.?route.orValue([]).filter(r, r.?destination.hasValue()).map(r, r.destination)
            + (route.?mirror.hasValue() ? [route.mirror] : [])
            + route.?mirrors.orValue([]).filter(m, m.?destination.hasValue()).map(m, m.destination))
          .filter(d, ${isMissing}).map(d, ${asked}).join(", ")).filter(names, names != "").join(", "))
        .filter(names, names != "")`,
    },
  ],
  validations: [
    {
      expression: `variables.missing.size() == 0`,
      messageExpression: `"a route leads to a subset that no DestinationRule declares: " + variables.missing.join(", ") + "; declare it"`,
    },
  ],
  examples: {
    pass: [
      `
# Its own namespace's host, by its short name; and one whose DestinationRule lies beside it.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: payment, namespace: payment }
spec:
  hosts: [payment]
  http:
    - timeout: 1s
      route: [{ destination: { host: payment, subset: v1 } }]
      mirrors: [{ destination: { host: inventory.inventory.svc.cluster.local, subset: canary } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: payment, namespace: payment }
spec:
  host: payment.payment.svc.cluster.local
  subsets: [{ name: v1, labels: { version: v1 } }]
---
apiVersion: networking.istio.io/v1alpha3
kind: DestinationRule
metadata: { name: inventory, namespace: inventory }
spec:
  host: inventory
  subsets: [{ name: stable, labels: { track: stable } }, { name: canary, labels: { track: canary } }]
---
# Nothing of the namespace elsewhere is judged here.
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: elsewhere, namespace: payment }
spec:
  hosts: [bank.elsewhere.svc.cluster.local]
  http:
    - { timeout: 1s, route: [{ destination: { host: bank.elsewhere.svc.cluster.local, subset: v1 } }] }
`,
    ],
    fail: [
      `
# Declared is v1 of payment, and v2 of another host.
# expect: a route leads to a subset that no DestinationRule declares: payment.payment.svc.cluster.local v2, payment.payment.svc.cluster.local v3, bank.example v1; declare it
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: { name: payment, namespace: payment }
spec:
  hosts: [payment]
  http:
    - timeout: 1s
      route: [{ destination: { host: payment, subset: v2 } }, { destination: { host: payment, subset: v1 } }]
      mirror: { host: payment, subset: v3 }
  tls:
    - { match: [{ sniHosts: [bank.example] }], route: [{ destination: { host: bank.example, subset: v1 } }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: payment, namespace: payment }
spec:
  host: payment
  subsets: [{ name: v1, labels: { version: v1 } }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: payment, namespace: order }
spec:
  host: payment
  subsets: [{ name: v2, labels: { version: v2 } }]
`,
    ],
  },
};
