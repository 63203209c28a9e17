import type { Rule } from "../rule.ts";

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
  ],
  variables: [
    {
      name: "hosts",
      expression: `object.?spec.?hosts.orValue([]) + (object.?spec.?host.hasValue() ? [object.spec.host] : [])
        + (object.kind == "Gateway" ? object.?spec.?servers.orValue([]).map(s, s.?hosts.orValue([]).join(",")) : [])`,
    },
  ],
  validations: [
    {
      expression: `variables.hosts.all(host, !host.split(",").exists(h, h.split("/")[h.split("/").size() - 1] == "*" || h.startsWith("*.")))`,
      messageExpression: `"a host is *; list the hosts"`,
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
`,
    ],
    fail: [
      `
# expect: a host is *; list the hosts
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: order, namespace: order }
spec:
  hosts: ["*.example"]
  ports: [{ number: 443, name: tls, protocol: TLS }]
  resolution: NONE
`,
      `
# expect: a host is *; list the hosts
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: order, namespace: order }
spec:
  selector: { istio: ingressgateway }
  servers:
    - { port: { number: 80, name: http, protocol: HTTP }, hosts: ["order/*"] }
`,
    ],
  },
};
