import { expect, test } from "@jest/globals";
import { namedStack, useOf } from "../../../tools/pulumi/command-line.ts";

test.each(["up", "update", "destroy", "down", "dn", "refresh", "import"])("%s deploys", (command) => {
  expect(useOf([command, "-s", "dev", "--yes"])).toBe("deployment");
  expect(useOf(["--non-interactive", command])).toBe("deployment");
});

test.each(["preview", "pre"])("%s reads the state", (command) => {
  expect(useOf([command, "-s", "dev"])).toBe("preview");
});

test.each([
  [["stack", "ls"]],
  [["up", "--help"]],
  [["version"]],
  [["toString"]],
  [[]],
])("%j does neither", (args) => {
  expect(useOf(args)).toBe("other");
});

test.each([
  [["up", "-s", "dev"], "dev"],
  [["up", "--stack", "dev", "--yes"], "dev"],
  [["up", "--yes", "--stack=dev"], "dev"],
  [["up", "-s=dev"], "dev"],
  [["up", "-s", "organization/mountainpass/dev"], "dev"],
  [["up", "--skip-preview"], undefined],
  [["up", "--show-sames"], undefined],
])("%j is about stack %s", (args, stack) => {
  expect(namedStack(args)).toBe(stack);
});
