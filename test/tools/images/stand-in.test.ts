import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { standInRecipe } from "../../../tools/images/stand-in.ts";

test("the stand-in's image has the Node that the lock file pins, and its tag says so", async () => {
  const { programs } = await standInRecipe();
  const [node] = programs;
  const { stdout } = await execa(node?.source ?? "", ["--version"]);
  expect(node?.identity).toBe(`node ${stdout.slice(1)} ${process.arch}`);
});
