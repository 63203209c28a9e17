import type { Rule } from "../../rule.ts";

export const noWildcardHosts: Rule = {
  id: "no-wildcard-hosts",
  title: "No route, destination, entry or gateway is for every host.",
  reason: "A wildcard takes traffic that was meant for others, and lets out what nobody declared.",
  severity: "high",
  remedy: "List the hosts.",
  references: [
    {
      title: "Istio, Security Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/security/",
    },
  ],
  matchConstraints: [
    {
      apiGroup: "networking.istio.io",
      kinds: ["VirtualService", "ServiceEntry", "DestinationRule", "Gateway"],
    },
    { apiGroup: "gateway.networking.k8s.io", kinds: ["Gateway", "HTTPRoute", "GRPCRoute", "TLSRoute"] },
    { apiGroup: "networking.k8s.io", kinds: ["Ingress"] },
  ],
  variables: [
    {
      name: "named",
      expression: `object.?spec.?hosts.orValue([]) + object.?spec.?hostnames.orValue([])
        + (object.?spec.?host.hasValue() ? [object.spec.host] : [])
        + object.?spec.?servers.orValue([]).map(s, s.?hosts.orValue([]).join(",")).join(",").split(",")`,
    },
    {
      name: "left",
      expression: `(object.kind == "Gateway" ? object.?spec.?listeners.orValue([]).map(l, l.?hostname.orValue("")) : [])
        + (object.kind == "Ingress" ? object.?spec.?rules.orValue([]).map(r, r.?host.orValue("")) : [])`,
    },
    {
      name: "wild",
      expression: `variables.named.filter(host, host.contains("*")) + variables.left.map(host, host == "" ? "*" : host).filter(host, host.contains("*"))`,
    },
  ],
  validations: [
    {
      expression: "variables.wild.size() == 0",
      messageExpression: `"a host is " + variables.wild.join(", ") + ", or left out; list the hosts"`,
    },
    {
      expression: `object.?spec.?addresses.orValue([]).all(address, !string(address).matches("/[0-7]$"))`,
      messageExpression: `"spec.addresses holds a block that is anywhere; list the addresses"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: order, namespace: order }
spec:
  hosts: [bank.example]
  ports: [{ number: 443, name: tls, protocol: TLS }]
  resolution: DNS
---
# It takes the host of its Gateway.
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: order, namespace: order }
spec: { parentRefs: [{ name: shop }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: shop, namespace: order }
spec:
  gatewayClassName: istio
  listeners: [{ name: https, port: 443, protocol: HTTPS, hostname: shop.example }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, namespace: order }
spec: { rules: [{ host: shop.example }] }
`,
    ],
    fail: [
      `
# expect: a host is *.example, or left out; list the hosts
# expect: spec.addresses holds a block that is anywhere; list the addresses
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: order, namespace: order }
spec:
  hosts: ["*.example"]
  addresses: [0.0.0.0/0]
  ports: [{ number: 443, name: tls, protocol: TLS }]
  resolution: NONE
`,
      `
# expect: a host is order/*, order/*.example, or left out; list the hosts
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: order, namespace: order }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["order/*", "order/*.example"] }
---
# expect: a host is *.shop.example, or left out; list the hosts
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: order, namespace: order }
spec:
  hosts: ["*.shop.example"]
  gateways: [order]
  http: [{ route: [{ destination: { host: order } }] }]
---
# expect: a host is *.order.svc.cluster.local, or left out; list the hosts
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: order, namespace: order }
spec: { host: "*.order.svc.cluster.local" }
`,
      `
# expect: a host is *, or left out; list the hosts
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: shop, namespace: order }
spec:
  gatewayClassName: istio
  listeners: [{ name: http, port: 80, protocol: HTTP }]
---
# expect: a host is *.shop.example, or left out; list the hosts
apiVersion: gateway.networking.k8s.io/v1
kind: GRPCRoute
metadata: { name: order, namespace: order }
spec: { parentRefs: [{ name: shop }], hostnames: ["*.shop.example"] }
---
# expect: a host is *.shop.example, or left out; list the hosts
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TLSRoute
metadata: { name: order, namespace: order }
spec:
  parentRefs: [{ name: shop }]
  hostnames: ["*.shop.example"]
  rules: [{ backendRefs: [{ name: order, port: 443 }] }]
---
# expect: a host is *, or left out; list the hosts
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop, namespace: order }
spec: { rules: [{ host: "", http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: order, port: { number: 80 } } } }] } }] }
`,
    ],
  },
};
