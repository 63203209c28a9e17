import { expect, test } from "@jest/globals";
import { ApiReference, call, get, postgres, render, resolve } from "../../../constructs/index.ts";
import { environment, other } from "../example.ts";

test("services that are called like components and platform edges share no policy's name", () => {
  const everything = {
    database: postgres(),
    rollout: { kind: "blue-green", smokeTest: [get("/")] },
    image: "order",
  };
  const calls = () => ["dns", "database", "smoke-test"].map((name) => call(new ApiReference(name)));
  const shop = [
    other("service", { ...everything, calls }),
    ...["dns", "database", "smoke-test"].map((name) => other(name, everything)),
  ];
  const policies = render(resolve(shop, environment))
    .flatMap(({ manifests }) => manifests)
    .filter(({ kind }) => kind === "NetworkPolicy")
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(new Set(policies).size).toBe(policies.length);
});
