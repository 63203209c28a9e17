import { expect, test } from "@jest/globals";
import { counterpart, find, gone, leaves, spell } from "../../../../stacks/delivery/explain/path.ts";

const rollout = {
  metadata: { annotations: { "argocd.argoproj.io/sync-wave": "4" } },
  spec: {
    containers: [
      { name: "proxy", args: ["-v"] },
      { name: "order", args: [], env: [{ name: "PORT", value: "3000" }] },
    ],
    podSelector: {},
  },
};

test.each([
  ["spec.containers[1].name", ["spec", "containers", 1, "name"]],
  ["spec.containers[name=order].name", ["spec", "containers", 1, "name"]],
  ["spec.containers[name='order'].env[name=PORT].value", ["spec", "containers", 1, "env", 0, "value"]],
  [
    'metadata.annotations["argocd.argoproj.io/sync-wave"]',
    ["metadata", "annotations", "argocd.argoproj.io/sync-wave"],
  ],
  [
    "metadata.annotations['argocd.argoproj.io/sync-wave']",
    ["metadata", "annotations", "argocd.argoproj.io/sync-wave"],
  ],
  [
    "metadata.annotations.argocd.argoproj.io/sync-wave",
    ["metadata", "annotations", "argocd.argoproj.io/sync-wave"],
  ],
  [".spec.podSelector", ["spec", "podSelector"]],
])("%s is found", (text, path) => {
  expect(find(rollout, text, "Rollout/order")).toEqual(path);
});

test.each([
  ["spce.containers", "Rollout/order has no spce; did you mean spec?"],
  ["spec.containers[name=ordr]", "Rollout/order: spec.containers has no name=ordr; did you mean name=order?"],
  ["spec.containers[2]", "Rollout/order: spec.containers has no 2; there is name=proxy, name=order"],
  [
    "spec.containers[1].env[0].value.x",
    'Rollout/order: spec.containers[1].env[0].value is "3000", and has no x; shorten the path',
  ],
  [
    "spec.podSelector.matchLabels",
    "Rollout/order: spec.podSelector is {}, and has no matchLabels; shorten the path",
  ],
  ["spec[", "path spec[ cannot be read from [; write for example spec.ports[0].port"],
])("%s is answered with what was meant", (text, message) => {
  expect(() => find(rollout, text, "Rollout/order")).toThrow(message);
});

test("a path is spelled with the names of elements, and can be read again", () => {
  const paths = leaves(rollout);
  expect(paths.map((path) => spell(path, rollout))).toEqual([
    'metadata.annotations["argocd.argoproj.io/sync-wave"]',
    "spec.containers[name=proxy].name",
    "spec.containers[name=proxy].args[0]",
    "spec.containers[name=order].name",
    "spec.containers[name=order].args",
    "spec.containers[name=order].env[name=PORT].name",
    "spec.containers[name=order].env[name=PORT].value",
    "spec.podSelector",
  ]);
  expect(paths.map((path) => find(rollout, spell(path, rollout), ""))).toEqual(paths);
});

const ports = (...values: object[]) => ({ ports: values });

test.each([
  [
    "stays where another comes before it",
    ports({ name: "b", v: 1 }),
    ports({ name: "a", v: 0 }, { name: "b", v: 2 }),
    2,
  ],
  ["is known by its place when it is renamed", ports({ name: "b", v: 1 }), ports({ name: "c", v: 3 }), 3],
  [
    "is gone where all others have namesakes",
    ports({ name: "b", v: 1 }, { name: "c", v: 1 }),
    ports({ name: "c", v: 1 }),
    gone,
  ],
  [
    "is known by its place where names repeat",
    ports({ name: "b", v: 1 }, { name: "b", v: 2 }),
    ports({ name: "b", v: 4 }, { name: "b", v: 2 }),
    4,
  ],
])("an element %s", (_, before, after, expected) => {
  expect(counterpart(before, after, ["ports", 0, "v"])).toBe(expected);
});
