import { expect, test } from "@jest/globals";
import { isDeployment, namedStack } from "../../../tools/pulumi/command-line.ts";

test.each(["up", "update", "destroy", "down", "refresh", "import"])("%s deploys", (command) => {
  expect(isDeployment([command, "-s", "dev", "--yes"])).toBe(true);
  expect(isDeployment(["--non-interactive", command])).toBe(true);
});

test.each([
  [["preview", "-s", "dev"]],
  [["stack", "ls"]],
  [["up", "--help"]],
  [["version"]],
  [[]],
])("%j deploys nothing", (args) => {
  expect(isDeployment(args)).toBe(false);
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
