import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { credentials, target } from "../../tools/target.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pressurevalve-target-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function kubeconfig(current?: string): Promise<string> {
  const path = join(folder, current ?? "none");
  const names = ["kind-shop", "production"];
  await writeFile(
    path,
    JSON.stringify({
      clusters: names.map((name) => ({ name, cluster: { server: `https://${name}.example.com` } })),
      contexts: names.map((name) => ({ name, context: { cluster: name, user: "me" } })),
      users: [{ name: "me", user: {} }],
      "current-context": current,
    }),
  );
  return path;
}

test("without a context the current one is meant", async () => {
  const file = await kubeconfig("production");
  expect(target(file)).toEqual({ kubeconfig: file, context: "production" });
});

test("the context that is named goes before the current one", async () => {
  const named = target(await kubeconfig("production"), "kind-shop");
  expect(credentials(named).getCurrentCluster()?.server).toBe("https://kind-shop.example.com");
});

test("an unknown context is refused with those there are", async () => {
  const file = await kubeconfig("production");
  expect(() => target(file, "staging")).toThrow(
    `${file} has no context staging; choose one of kind-shop, production with --context`,
  );
});

test("a kubeconfig without a current context asks for one", async () => {
  const file = await kubeconfig();
  expect(() => target(file)).toThrow(`${file} has no context that is current; choose one of`);
});

test("a file that is none is named", () => {
  expect(() => target(join(folder, "absent"))).toThrow(
    /absent cannot be read as a kubeconfig: .*ENOENT.*; name/,
  );
});
