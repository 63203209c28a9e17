import { expect, test } from "@jest/globals";
import { find, meshed, names, order, rendered } from "../example.ts";

test("nothing enters or leaves a pod by default", () => {
  expect(find(rendered(order()), "NetworkPolicy", "default-deny").spec).toEqual({
    podSelector: {},
    policyTypes: ["Ingress", "Egress"],
  });
});

test("every pod may ask the cluster's DNS", () => {
  const { spec } = find(rendered(order()), "NetworkPolicy", "platform-to-dns");
  expect(spec.podSelector).toEqual({});
  expect(spec.egress[0].to).toEqual([
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    },
  ]);
});

test("what of the platform asks every pod enters by the ports that it asks, and nowhere else", () => {
  expect(find(rendered(order(), meshed), "NetworkPolicy", "platform-from-prometheus").spec).toEqual({
    podSelector: {},
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "prometheus" } },
            podSelector: { matchLabels: { app: "prometheus" } },
          },
        ],
        ports: [{ protocol: "TCP", port: 15090 }],
      },
    ],
  });
});

test("a service that says nothing has no other edge", () => {
  expect(names(rendered(order()), "NetworkPolicy")).toEqual(["default-deny", "platform-to-dns"]);
});
