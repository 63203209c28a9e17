import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { execa } from "execa";

const root = join(import.meta.dirname, "../..");

function explain(...args: string[]) {
  return execa(process.execPath, ["cli/main.ts", "explain", ...args], {
    cwd: root,
    reject: false,
    stdin: "ignore",
  });
}

test("a field is explained with lines as seen from the working directory; other objects that have it are named", async () => {
  const { exitCode, stdout, stderr } = await explain("order", "metadata.labels.pressurevalve.dev/owner");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^Rollout dev-order\/order {2}metadata\.labels\["pressurevalve\.dev\/owner"\]: "checkout"$/m,
  );
  expect(stdout).toMatch(/^ {2}description {2}services\/order\.ts:\d+ +owner: "checkout"$/m);
  expect(stdout).toMatch(
    /^ {2}kit {10}constructs\/kubernetes\/metadata\.ts:\d+ +"pressurevalve\.dev\/owner"/m,
  );
  expect(stderr).toMatch(/^also in Namespace\/dev-order, .* and \d+ more; ask with --object$/);
});

test("a branch is a table of its fields, of the object and the environment that are asked for", async () => {
  const { exitCode, stdout } = await explain(
    "order",
    "spec.ports",
    "--object",
    "Service/order",
    "-s",
    "production",
  );
  expect(exitCode).toBe(0);
  expect(stdout.split("\n")[0]).toBe("Service production-order/order");
  expect(stdout).toMatch(
    /^ {2}spec\.ports\[name=http\]\.port: 3000 +constructs\/model\/rest\.ts:\d+ {2}services\/order\.ts:\d+ {2}constructs\/kubernetes\/api\.ts:\d+$/m,
  );
});

test("--json gives a program all of it", async () => {
  const { stdout } = await explain("order", "spec.minReplicas", "-s", "production", "--json");
  expect(JSON.parse(stdout)).toMatchObject([
    {
      service: "order",
      environment: "production",
      object: { kind: "HorizontalPodAutoscaler", namespace: "production-order", name: "order" },
      path: "spec.minReplicas",
      value: 3,
      sources: [
        { kind: "environment", field: "minimumReplicas", value: "3", at: { file: "stacks/environments.ts" } },
        { kind: "default", field: "scaling.min", at: { file: "constructs/model/scaling.ts" } },
        { kind: "kit", at: { file: "constructs/kubernetes/scaling.ts", text: "minReplicas: scaling.min," } },
      ],
      because: [{ kind: "description", field: "scaling.kind", at: { file: "services/order.ts" } }],
    },
  ]);
});

describe("what is mistyped is answered with what was meant", () => {
  test.each([
    [["ordr", "spec"], "service ordr is unknown; did you mean order?"],
    [["order", "spec", "-s", "prod"], "environment prod is unknown; did you mean production?"],
    [
      ["order", "spec.template.spce.containers"],
      "Rollout/order: spec.template has no spce; did you mean spec?",
    ],
    [
      ["order", "spec", "--object", "Statefulset/order-database"],
      "object Statefulset/order-database is unknown; did you mean StatefulSet/order-database?",
    ],
  ])("%j", async (args, message) => {
    expect(await explain(...args)).toMatchObject({ exitCode: 1, stdout: "", stderr: message });
  });
});
