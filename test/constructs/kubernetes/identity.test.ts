import { expect, test } from "@jest/globals";
import { find, order, rendered } from "../example.ts";

const service = rendered(order());

test("the namespace admits only what the restricted Pod Security Standard admits", () => {
  const { metadata } = find(service, "Namespace");
  expect(metadata.name).toBe("dev-order");
  expect(metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
});

test("a service has an identity of its own, without a token", () => {
  expect(find(service, "ServiceAccount")).toMatchObject({
    metadata: { name: "order", namespace: "dev-order" },
    automountServiceAccountToken: false,
  });
  expect(find(service, "Deployment").spec.template.spec).toMatchObject({
    serviceAccountName: "order",
    automountServiceAccountToken: false,
  });
});
