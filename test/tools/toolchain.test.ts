import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { exists } from "../../tools/cache.ts";
import { type ProgramName, programs, versionOf } from "../../tools/toolchain.ts";

const folder = join(import.meta.dirname, "../../tools/programs");
const names = Object.keys(programs) as ProgramName[];

test("every module under tools/programs is built by a program of the table, and every program has its module", async () => {
  const used = new Set(names.map((name) => programs[name].folder));
  const modules = (await readdir(folder, { recursive: true }))
    .filter((path) => basename(path) === "go.mod")
    .map(dirname);
  expect([...used].sort()).toEqual(modules.sort());
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

test("a file of a module takes Go the first time only", async () => {
  const machine = await mkdtemp(join(tmpdir(), "pressurevalve-toolchain-"));
  try {
    await mkdir(join(machine, "module"));
    await writeFile(join(machine, "module/rbac.yaml"), "kind: ClusterRole\n");
    const go = `#!/bin/sh\necho '${JSON.stringify({ Dir: join(machine, "module") })}'\n`;
    await writeFile(join(machine, "go"), go);
    await chmod(join(machine, "go"), 0o755);
    const path = await moduleFileOn(machine);
    expect(await readFile(path, "utf8")).toBe("kind: ClusterRole\n");
    await rm(join(machine, "go"));
    expect(await moduleFileOn(machine)).toBe(path);
  } finally {
    await rm(machine, { recursive: true });
  }
});

test("a module that cannot be had is told with Go's reason, and what mends it", async () => {
  const machine = await mkdtemp(join(tmpdir(), "pressurevalve-toolchain-"));
  try {
    // As Go 1.26.8 says it: the reason on stdout alone.
    const reason = `metrics-server: Get "https://proxy.invalid/list": dial tcp: no such host`;
    const answer = JSON.stringify({ Path: "sigs.k8s.io/metrics-server", Error: reason }, null, "\t");
    await writeFile(join(machine, "go"), `#!/bin/sh\necho '${answer}'\nexit 1\n`);
    await chmod(join(machine, "go"), 0o755);
    const told = expect.stringMatching(
      /^go mod download in \S+ failed:\nmetrics-server: Get .* no such host\n.*GOPROXY/,
    );
    expect(await moduleFileOn(machine)).toEqual(told);
  } finally {
    await rm(machine, { recursive: true });
  }
});

/** Its path, or why there is none; in a process of its own, because the cache's place is read from the environment once. */
async function moduleFileOn(machine: string): Promise<string> {
  const toolchain = join(import.meta.dirname, "../../tools/toolchain.ts");
  const program = `const { moduleFile } = await import(${JSON.stringify(toolchain)});
    console.log(await moduleFile("metrics-server", "rbac.yaml").catch(({ message }) => message));`;
  const env = { PATH: machine, XDG_CACHE_HOME: join(machine, "cache") };
  const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", program], { env });
  return stdout;
}
