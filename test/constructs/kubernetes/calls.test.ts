import { expect, test } from "@jest/globals";
import { ApiReference, call, Duration, render, resolve, rest } from "../../../constructs/index.ts";
import { environment, find, order, other } from "../example.ts";

const [caller] = render(
  resolve(
    [
      order({
        calls: () => [call(new ApiReference("a-b"), { timeout: Duration.seconds(2), attempts: 3 })],
      }),
      other("a-b", { image: "payment", api: rest({ port: 4000 }) }),
    ],
    environment,
  ),
);

test("the container is told where a callee is, what it may be asked, how long to wait, and how often to try", () => {
  const { env } = find(caller as never, "Deployment").spec.template.spec.containers[0];
  expect(env).toEqual(
    expect.arrayContaining([
      { name: "A_B_URL", value: "http://a-b.dev-a-b.svc:4000" },
      { name: "A_B_PROTOCOL", value: "rest" },
      { name: "A_B_REQUESTS", value: "GET|HEAD|OPTIONS|PUT|DELETE /*, POST|PATCH /*" },
      { name: "A_B_TIMEOUT", value: "2000ms" },
      { name: "A_B_ATTEMPTS", value: "3" },
    ]),
  );
});

test("an edge leaves the caller and enters the callee, and the caller owns both ends", () => {
  const out = find(caller as never, "NetworkPolicy", "to-a-b");
  const into = find(caller as never, "NetworkPolicy", "from-order");
  expect([out.metadata.namespace, into.metadata.namespace]).toEqual(["dev-order", "dev-a-b"]);
  expect(into.metadata.labels["app.kubernetes.io/name"]).toBe("order");
  const callers = {
    matchLabels: { "app.kubernetes.io/name": "order" },
    matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["service", "job"] }],
  };
  const callees = {
    matchLabels: { "app.kubernetes.io/name": "a-b" },
    matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["service"] }],
  };
  const namespace = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
  const ports = [{ protocol: "TCP", port: 4000 }];
  expect(out.spec).toEqual({
    podSelector: callers,
    policyTypes: ["Egress"],
    egress: [{ to: [{ namespaceSelector: namespace("dev-a-b"), podSelector: callees }], ports }],
  });
  expect(into.spec).toEqual({
    podSelector: callees,
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ namespaceSelector: namespace("dev-order"), podSelector: callers }], ports }],
  });
});
