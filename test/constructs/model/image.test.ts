import { expect, test } from "@jest/globals";
import { environment, guarded, order, problems, resolved } from "../example.ts";

const at = (reference: string) => ({ ...environment, images: { order: reference } });

test("the image is found under the service's name unless the description names another", () => {
  expect(resolved(order()).image.reference).toBe("images.example/order:1");
  expect(resolved(order({ image: "payment" })).image.reference).toBe("images.example/payment:1");
});

test("an image that the environment does not have is reported with the one that was meant", () => {
  expect(problems([order({ image: "paymnet" })])).toEqual([
    "order: image is paymnet, but stacks/images.dev.json has no such image; did you mean payment?",
  ]);
  expect(problems([order({ image: "constructor" })])).toEqual([
    "order: image is constructor, but stacks/images.dev.json has no such image; write its reference there, or let npm start write that of dev",
  ]);
});

test("where images are pinned, npm start writes none, so the digest is asked for", () => {
  expect(problems([order({ image: "constructor" })], guarded)).toEqual([
    "order: image is constructor, but stacks/images.production.json has no such image; write its reference with its @sha256: digest there, or with one of zeros until there is an image",
  ]);
});

test("an unpinned image is refused outside dev", () => {
  expect(problems([order()], { ...guarded, images: { order: "images.example/order:1" } })).toEqual([
    "order: image is images.example/order:1, but production takes pinned images only; write it with its @sha256: digest in stacks/images.production.json",
  ]);
});

test("what is no image reference is refused", () => {
  expect(problems([order()], at("Not An Image"))).toEqual([
    "order: image is Not An Image, but must be an image reference; mend it in stacks/images.dev.json",
  ]);
});

test.each([
  ["images.example:5000/shop/order:v1.2", "v1.2"],
  ["images.example/order:_odd-", "odd"],
  [`order:1.0@sha256:${"c".repeat(64)}`, "1.0"],
  [`order@sha256:${"c".repeat(64)}`, "cccccccccccc"],
  ["images.example:5000/order", "latest"],
])("the version of %s is %s, a label's value", (reference, version) => {
  expect(resolved(order(), at(reference)).image.version).toBe(version);
});
