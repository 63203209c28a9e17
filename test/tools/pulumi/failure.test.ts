import { expect, test } from "@jest/globals";
import { pulumiFailure, wrongDescriptions } from "../../../tools/pulumi/failure.ts";

test.each([
  ["wrong descriptions", 1, `error: ${wrongDescriptions}\norder: owner is missing; name a team`],
  ["a workload that is not ready", 2, "error: not ready: order"],
  ["an object that is refused", 2, 'error: Deployment.apps "order" is invalid'],
  [
    "a cluster that is not there",
    3,
    "error: configured Kubernetes cluster is unreachable: unable to load schema",
  ],
  ["a passphrase that is not there", 3, "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE"],
  ["a disk that is full", 3, "error: write dev.json: no space left on device"],
  ["a disk that cannot be written", 3, "error: open dev.json: read-only file system"],
])("%s ends with %i", (_, exitCode, words) => {
  const failure = pulumiFailure("the preview of dev", words);
  expect(failure.exitCode).toBe(exitCode);
  expect(failure.message).toBe(`the preview of dev failed:\n${words}`);
});

test("a wrong passphrase is named by where it comes from", () => {
  const failure = pulumiFailure("pulumi up of dev", "error: incorrect passphrase");
  expect(failure.exitCode).toBe(3);
  expect(failure.message).toContain("than that of .local/pulumi/passphrase, or of PULUMI_CONFIG_PASSPHRASE");
});

test.each([
  ["dev", "stack dev does not exist yet; npm start makes it"],
  ["staging", "stack staging does not exist yet; make it once: npx pulumi stack init staging --no-select"],
])("a stack that nobody has made yet is told with what makes it: %s", (stack, message) => {
  const { message: told, exitCode } = pulumiFailure("the preview", `error: no stack named '${stack}' found`);
  expect([told, exitCode]).toEqual([message, 3]);
});

test("the warnings that everybody gets are no part of what failed", () => {
  const words = "warning: using pulumi-language-nodejs from $PATH at /x\nerror: not ready: order";
  expect(pulumiFailure("pulumi up of dev", words).message).toBe(
    "pulumi up of dev failed:\nerror: not ready: order",
  );
});
