import { expect, test } from "@jest/globals";
import { type Manifest, render, resolve } from "../../constructs/index.ts";
import { services } from "../../services/index.ts";
import { environments } from "../../stacks/environments.ts";
import { meshedShop } from "../proofs.ts";
import { apiServerRefusals } from "./api-server.ts";
import { find, inMesh } from "./example.ts";
import { schemaRefusals } from "./schemas.ts";

const shop = render(resolve(services, environments.dev)).flatMap(({ manifests }) => manifests);
const rollout = () => structuredClone(find({ manifests: shop }, "Rollout"));

test("the schemas know every object of MountainPass in every environment", () => {
  const everywhere = Object.values(environments).flatMap((environment) => [environment, inMesh(environment)]);
  const everything = everywhere.flatMap((environment) =>
    render(resolve(services, environment)).flatMap(({ manifests }) => manifests),
  );
  expect(
    everything.flatMap((manifest: Manifest) => [...schemaRefusals(manifest), ...apiServerRefusals(manifest)]),
  ).toEqual([]);
});

test("the schemas know every object of a shop in a mesh", () => {
  const { services, environment } = meshedShop;
  const objects = render(resolve(services, environment)).flatMap(({ manifests }) => manifests);
  expect(objects.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["VirtualService", "DestinationRule"]),
  );
  expect(
    objects.flatMap((manifest) => [...schemaRefusals(manifest), ...apiServerRefusals(manifest)]),
  ).toEqual([]);
});

test("an unknown field is refused, however deep it stands", () => {
  const manifest = rollout();
  manifest.spec.template.spec.containers[0].lifecycle.preStop.sleep.minutes = 1;
  manifest.replicas = 3;
  expect(schemaRefusals(manifest)).toEqual([
    "/replicas is unknown",
    "/spec/template/spec/containers/0/lifecycle/preStop/sleep/minutes is unknown",
  ]);
});

test("a wrong type and a missing field are refused", () => {
  const manifest = rollout();
  manifest.spec.template.spec.topologySpreadConstraints[0].maxSkew = "1";
  expect(schemaRefusals(manifest).join()).toContain("maxSkew");
  const policy = structuredClone(find({ manifests: shop }, "HorizontalPodAutoscaler", "order"));
  delete policy.spec.maxReplicas;
  expect(schemaRefusals(policy).join()).toContain("maxReplicas");
});

test("what no schema says is refused as well", () => {
  const manifest = rollout();
  manifest.metadata.name = "Order";
  manifest.spec.template.metadata.labels["app.kubernetes.io/version"] = "-";
  manifest.spec.template.spec.containers[0].resources.requests.cpu = "much";
  expect(apiServerRefusals(manifest)).toEqual([
    "metadata.name Order",
    "label app.kubernetes.io/version=-",
    "quantity much",
  ]);
});
