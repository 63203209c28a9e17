import { expect, test } from "@jest/globals";
import { order, problems } from "../example.ts";

test("a patch says what it changes, and why", () => {
  expect(problems([order({ patches: [{ kind: "", name: "", operations: [], reason: "" }] })])).toEqual([
    'order: patches[0].kind is "", but must name a kind; write for example Deployment',
    'order: patches[0].name is "", but must name an object; write its metadata.name',
    "order: patches[0].operations is [], but must have at least one operation; say what to change",
    'order: patches[0].reason is "", but must be a sentence; say why the description is not enough',
  ]);
  const plain = { op: "replace", path: "/spec", value: 1 };
  expect(
    problems([order({ patches: [{ kind: "Deployment", name: "order", operations: [plain], reason: "r" }] })]),
  ).toEqual([
    'order: patches[0].operations[0] is {"op":"replace","path":"/spec","value":1}, but must be a JSON Patch operation; write for example JsonPatch.add(path, value)',
  ]);
});
