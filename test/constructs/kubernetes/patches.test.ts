import { expect, test } from "@jest/globals";
import { JsonPatch } from "../../../constructs/index.ts";
import { find, order, other, problems, rendered } from "../example.ts";

const patched = (...operations: JsonPatch[]) =>
  order({ patches: [{ kind: "Deployment", name: "order", operations, reason: "slow caches" }] });

test("a patch changes the object, which shows the reason", () => {
  const deployment = find(rendered(patched(JsonPatch.add("/spec/minReadySeconds", 30))), "Deployment");
  expect(deployment.spec.minReadySeconds).toBe(30);
  expect(deployment.metadata.annotations["pressurevalve.dev/patched"]).toBe("slow caches");
});

test("operations build on each other", () => {
  const { spec } = find(
    rendered(patched(JsonPatch.add("/spec/paused", true), JsonPatch.replace("/spec/paused", false))),
    "Deployment",
  );
  expect(spec.paused).toBe(false);
});

test("a patch that fits no object is reported with the object that was meant", () => {
  const patch = { kind: "Deploymnt", name: "order", operations: [JsonPatch.remove("/spec")], reason: "r" };
  expect(problems([order({ patches: [patch] })])).toEqual([
    "order: patches[0] is Deploymnt order, but there is no such object; did you mean Deployment order?",
  ]);
});

test("an operation that fits nothing is reported, although upstream would take it for done", () => {
  expect(
    problems([patched(JsonPatch.replace("/spec/minReadySecs", 3), JsonPatch.remove("/spec/x"))]),
  ).toEqual([
    "order: patches[0].operations[0] is replace /spec/minReadySecs, but Deployment order has nothing at /spec/minReadySecs; mend the operation",
  ]);
  expect(problems([patched(JsonPatch.test("/spec/replicas", 9))])).toEqual([
    "order: patches[0].operations[0] is test /spec/replicas, but Deployment order refuses it: Test operation failed; mend the operation",
  ]);
});

test("a patch leaves an object its identity", () => {
  for (const operation of [
    JsonPatch.replace("/metadata/name", "other"),
    JsonPatch.remove("/kind"),
    JsonPatch.replace("", 5),
  ])
    expect(problems([patched(operation)])).toEqual([
      "order: patches[0] is Deployment order, but its apiVersion, kind, name, namespace and sync wave must stay, because others refer to them; patch other fields",
    ]);
});

test("the kinds of that name are told, because a blue-green service has a Rollout in place of the Deployment", () => {
  const patches = [{ kind: "Rollout", name: "order", operations: [JsonPatch.remove("/spec")], reason: "r" }];
  expect(problems([order({ patches })])).toEqual([
    "order: patches[0] is Rollout order, but there is no such object; of that name there are ServiceAccount, Service, Deployment, PodDisruptionBudget",
  ]);
});

test("the misfits of several services are reported together", () => {
  const patches = [{ kind: "Pod", name: "x", operations: [JsonPatch.remove("/spec")], reason: "r" }];
  const said = problems([order({ patches }), other("payment", { patches })]);
  expect(said).toEqual(
    ["order", "payment"].map(
      (name) => `${name}: patches[0] is Pod x, but there is no such object; name one of its objects`,
    ),
  );
});
