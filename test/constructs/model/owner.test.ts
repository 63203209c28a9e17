import { expect, test } from "@jest/globals";
import { order, problems } from "../example.ts";

test("a service has an owner whose name is a DNS label", () => {
  const { owner: _, ...rest } = order().description;
  expect(problems([{ ...order(), description: rest as never }])).toEqual([
    'order: owner is missing: it must be the name of a team; write for example owner: "checkout"',
  ]);
  expect(problems([order({ owner: "Team Checkout" })])).toEqual([
    "order: owner is Team Checkout, but must be a DNS label of at most 30 characters; use lower-case letters, digits and inner dashes, and begin with a letter",
  ]);
});
