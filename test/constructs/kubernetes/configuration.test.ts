import { expect, test } from "@jest/globals";
import { find, order, rendered } from "../example.ts";

const configured = rendered(
  order({ configuration: { env: { A: "$(PORT) $$" }, files: { "a.json": "{}" } } }),
);
const { containers, volumes } = find(configured, "Deployment").spec.template.spec;

test("files lie under /etc/<service>, from an immutable ConfigMap", () => {
  const map = find(configured, "ConfigMap");
  expect(map).toMatchObject({ immutable: true, data: { "a.json": "{}" } });
  expect(volumes).toContainEqual({ name: "configuration", configMap: { name: map.metadata.name } });
  expect(containers[0].volumeMounts).toContainEqual({
    name: "configuration",
    mountPath: "/etc/order",
    readOnly: true,
  });
});

test("old files stay for as long as a rollback may need them", () => {
  expect(find(configured, "ConfigMap").metadata.annotations).toMatchObject({
    "argocd.argoproj.io/sync-options": "Prune=false",
  });
});

test("the kubelet expands nothing in a value", () => {
  expect(containers[0].env).toContainEqual({ name: "A", value: "$$(PORT) $$$$" });
});
