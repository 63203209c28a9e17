import { expect, test } from "@jest/globals";
import { ApiReference, call, render, resolve } from "../../../constructs/index.ts";
import { services as mountainPass } from "../../../services/index.ts";
import { environments } from "../../../stacks/environments.ts";
import { find, inMesh, meshed, order, other } from "../example.ts";

test("analysis of the mesh is told that an EnvoyFilter is meant, so that its other messages are seen", () => {
  const shop = [order({ calls: () => [call(new ApiReference("inventory"))] }), other("inventory")];
  const [caller] = render(resolve(shop, meshed));
  const { annotations } = find(caller as never, "EnvoyFilter", "to-inventory").metadata;
  expect(annotations).toEqual({
    "argocd.argoproj.io/sync-wave": "1",
    "galley.istio.io/analyze-suppress": "IST0133",
  });
});

test("an EnvoyFilter changes the proxies of one service, and without a selector only the way out", () => {
  const shop = render(resolve(mountainPass, inMesh(environments.production)));
  const filters = shop.flatMap(({ name, manifests }) =>
    manifests.filter(({ kind }) => kind === "EnvoyFilter").map((filter) => ({ name, filter })),
  );
  expect(filters.length).toBeGreaterThan(mountainPass.length);
  for (const { name, filter } of filters) {
    const { workloadSelector, configPatches } = filter.spec as {
      workloadSelector?: object;
      configPatches: { match: { context: string } }[];
    };
    expect(filter.metadata.namespace).toBe(`production-${name}`);
    const contexts = new Set(configPatches.map(({ match }) => match.context));
    if (!workloadSelector) expect(contexts).toEqual(new Set(["SIDECAR_OUTBOUND"]));
  }
});
