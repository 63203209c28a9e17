import { describe, expect, test } from "@jest/globals";
import { progress, withoutKnownWarnings } from "../../../tools/pulumi/progress.ts";

const known = [
  "    pulumi:pulumi:Stack mountainpass-dev  warning: using pulumi-language-nodejs from $PATH at /home/x/pulumi-language-nodejs",
  "    pulumi:pulumi:Stack mountainpass-dev running warning: resource plugin kubernetes is expected to have version >=4.34.2, but has 4.25.0; the wrong version may be on your path, or this may be a bug in the plugin",
];

/** As the CLI says it, repetitions and all. */
const run = [
  "Updating (dev):",
  ...known,
  "",
  "@ updating.....",
  " +  pressurevalve:index:Service reviews creating (0s) ",
  ...known,
  " +  kubernetes:core/v1:Namespace namespace/dev-reviews creating (0s) ",
  " +  kubernetes:core/v1:Namespace namespace/dev-reviews created (0.09s) ",
  " +  kubernetes:core/v1:Service service/dev-reviews/reviews creating (0s) Skipping await logic",
  " +  kubernetes:core/v1:Service service/dev-reviews/reviews created (0.09s) ",
  " +  kubernetes:core/v1:Service service/dev-reviews/reviews created (0.09s) ",
  " ~  kubernetes:argoproj.io/v1alpha1:Rollout rollout/dev-order/order updating (0s) [diff: ~spec]; ",
  " ~  kubernetes:argoproj.io/v1alpha1:Rollout rollout/dev-order/order updated (0.13s) [diff: ~spec]; waiting: Progressing: active service cutover pending",
  " ~  kubernetes:argoproj.io/v1alpha1:Rollout rollout/dev-order/order updated (0.13s) [diff: ~spec]; waiting: Progressing: active service cutover pending",
  " -  kubernetes:core/v1:Namespace namespace/dev-shipping deleting (10s) ",
  " -  kubernetes:core/v1:Namespace namespace/dev-shipping deleted (10s) ",
  "    pulumi:pulumi:Stack mountainpass-dev  warning: the disk is slow",
  "    pulumi:pulumi:Stack mountainpass-dev running warning: the disk is slow",
  "    pulumi:pulumi:Stack mountainpass-dev  4 warnings",
  "Diagnostics:",
  "  pulumi:pulumi:Stack (mountainpass-dev):",
  "    warning: the disk is slow",
  "",
  "Outputs:",
  "  ~ namespaces: {",
  '      + reviews     : "dev-reviews"',
  "    }",
  "",
  "Resources:",
  "    + 9 created",
  "    ~ 1 updated",
  "    - 2 deleted",
  "    +-1 replaced",
  "    87 unchanged",
  "",
  "Duration: 9s",
];

function told(lines: readonly string[], every: number): string[] {
  const follow = progress({ every });
  return lines.map(follow).filter((words) => words !== undefined);
}

const ending = ["9 created", "1 updated", "2 deleted", "1 replaced", "87 unchanged"];

describe("of an update", () => {
  test("a terminal is told each resource, what is waited for, what warns, and how it ended", () => {
    expect(told(run, 1)).toEqual([
      "1 done, the last: namespace/dev-reviews created",
      "2 done, the last: service/dev-reviews/reviews created",
      "waiting for rollout/dev-order/order: Progressing: active service cutover pending",
      "4 done, the last: namespace/dev-shipping deleted",
      "warning: the disk is slow",
      ...ending,
    ]);
  });

  test("a log is told resources by the dozen", () => {
    const many = Array.from(
      { length: 60 },
      (_, index) => ` +  kubernetes:core/v1:Service service/dev/s${index} created (0.09s) `,
    );
    expect(told(many, 25)).toEqual(["25 resources done", "50 resources done"]);
  });

  test("an error is told as it comes", () => {
    const line = "    pulumi:pulumi:Stack mountainpass-dev running error: the descriptions are wrong:";
    expect(told([line, line], 25)).toEqual(["error: the descriptions are wrong:"]);
  });
});

test("the warnings that everybody gets are left out, and no others", () => {
  expect(withoutKnownWarnings([...known, "warning: the disk is slow"].join("\n"))).toBe(
    "warning: the disk is slow",
  );
});
