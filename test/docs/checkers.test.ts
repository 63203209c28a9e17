import { expect, test } from "@jest/globals";
import { checkersPage } from "../../docs/reference/checkers.ts";
import { read } from "./markdown.ts";

test("the committed page of other checkers is what is justified", async () => {
  // Else: npm run docs
  expect(read("docs/checkers.md")).toBe(await checkersPage());
});
