import { expect, test } from "@jest/globals";
import { find, order, rendered } from "../example.ts";

const waivers = [
  { pitfall: "deep-chain", reason: "the warehouse answers from memory" },
  { pitfall: "chatty-pair", reason: "they are joined in spring", until: "2027-03-31" },
];

const annotations = {
  "pressurevalve.dev/waives-deep-chain": "the warehouse answers from memory",
  "pressurevalve.dev/waives-chatty-pair": "until 2027-03-31: they are joined in spring",
};

test.each([
  ["Deployment", { kind: "rolling" }],
  ["Rollout", { kind: "blue-green" }],
])("a %s shows what its owner waived, and its pods do not restart for it", (kind, rollout) => {
  const workload = find(rendered(order({ waivers, rollout })), kind);
  expect(workload.metadata.annotations).toMatchObject(annotations);
  expect(workload.spec).toEqual(find(rendered(order({ rollout })), kind).spec);
});
