import { expect, test } from "@jest/globals";
import { services } from "../../services/index.ts";
import devImages from "../../stacks/images.dev.json" with { type: "json" };
import { imageReferences } from "../../tools/images/index.ts";

test("the images of dev are those that the sources make; npm start writes them anew", async () => {
  expect(devImages).toEqual(await imageReferences(services.map(({ name }) => name)));
});
