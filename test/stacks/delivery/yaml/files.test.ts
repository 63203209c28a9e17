import { expect, test } from "@jest/globals";
import { ApiObject } from "cdk8s";
import { render, resolve } from "../../../../constructs/index.ts";
import { waveFiles } from "../../../../stacks/delivery/yaml/files.ts";
import { environment, order } from "../../../constructs/example.ts";

const services = resolve([order()], environment);

test("every object stands in exactly one file", () => {
  const [rendered] = render(services);
  const written = waveFiles(rendered ? [rendered] : []).flatMap(({ manifests }) => manifests);
  expect(written).toHaveLength(rendered?.manifests.length ?? 0);
  expect(new Set(written)).toEqual(new Set(rendered?.manifests));
});

test("files come in the order of their waves", () => {
  expect(waveFiles(render(services)).map(({ path }) => path)).toEqual([
    "order/0-namespace.yaml",
    "order/1-foundation.yaml",
    "order/4-workload.yaml",
  ]);
});

test("what a team adds to a chart comes with the workload, or in the wave that it names", () => {
  const shop = render(services, (chart) => {
    for (const [name, annotations] of [
      ["late", { "argocd.argoproj.io/sync-wave": "7" }],
      ["plain", {}],
    ] as const) {
      new ApiObject(chart, name, { apiVersion: "v1", kind: "ConfigMap", metadata: { name, annotations } });
    }
  });
  const paths = waveFiles(shop).flatMap(({ path, manifests }) =>
    manifests.map(({ metadata }) => `${path} ${metadata.name}`),
  );
  expect(paths).toContain("order/4-workload.yaml plain");
  expect(paths).toContain("order/7.yaml late");
});
