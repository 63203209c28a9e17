import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { exists } from "../../tools/cache.ts";
import { type ProgramName, programs, versionOf } from "../../tools/toolchain.ts";

const folder = join(import.meta.dirname, "../../tools/programs");
const names = Object.keys(programs) as ProgramName[];

test("every module under tools/programs is built by a program of the table, and every program has its module", async () => {
  const used = new Set(names.map((name) => programs[name].folder));
  expect([...used].sort()).toEqual((await readdir(folder)).sort());
});

test.each(
  names.filter((name) => name !== "pause"),
)("%s is pinned to one version, with the sums of all that it is built from", async (name) => {
  expect(await versionOf(name)).toMatch(/^v\d+\.\d+\.\d+/);
  expect(await exists(join(folder, programs[name].folder, "go.sum"))).toBe(true);
});

test("a program's package is one of our own that exists, or lies in the module whose version it shows", async () => {
  for (const name of names) {
    const { folder: own, package: main, ...rest } = programs[name];
    const found = main.startsWith(".")
      ? await exists(join(folder, own, main, "main.go"))
      : "module" in rest && `${main}/`.startsWith(`${rest.module}/`);
    expect([name, found]).toEqual([name, true]);
  }
});

test("Kubernetes says which version it is", () => {
  expect(programs.kubelet.stamp("v1.36.3")).toEqual({
    "k8s.io/component-base/version.gitVersion": "v1.36.3",
    "k8s.io/component-base/version.gitMajor": "1",
    "k8s.io/component-base/version.gitMinor": "36",
  });
});
