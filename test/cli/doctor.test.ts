import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { execa } from "execa";
import type { Finding, Group } from "../../tools/doctor/finding.ts";

const root = join(import.meta.dirname, "../..");

// The machine may be busy.
jest.setTimeout(120_000);

let machine: string;
beforeEach(async () => {
  machine = await mkdtemp(join(tmpdir(), "pressurevalve-doctor-"));
});
afterEach(() => rm(machine, { recursive: true }));

function doctor(args: string[], env: Record<string, string>) {
  // A proxy that is not there is as good as no network, and nobody outside is asked.
  const offline = { HTTPS_PROXY: "http://127.0.0.1:9", NO_PROXY: "" };
  const options = { cwd: root, env: { ...offline, ...env }, reject: false } as const;
  return execa(process.execPath, ["cli/main.ts", "doctor", ...args], options);
}

async function findings(env: Record<string, string>, args: string[] = []) {
  const { stdout, exitCode } = await doctor(["--json", ...args], env);
  const { ready, groups }: { ready: boolean; groups: Group[] } = JSON.parse(stdout);
  return { ready, groups, exitCode, all: groups.flatMap((group): readonly Finding[] => group.findings) };
}

test("the real machine is examined, and the exit code is the verdict", async () => {
  const { ready, groups, exitCode, all } = await findings({});
  expect(exitCode).toBe(ready ? 0 : 3);
  expect(groups.map(({ purpose }) => purpose)).toEqual([
    "synth, diff and test",
    "deploy",
    "the local cluster",
    "download and build",
  ]);
  expect(all.find(({ subject }) => subject === "Node.js")).toMatchObject({ state: "ok" });
  for (const { state, remedy } of all) if (state === "outdated") expect(remedy).toBeDefined();
});

test("on a bare machine, offline, everything that is missing is told at once, with what mends it", async () => {
  const { ready, exitCode, all } = await findings({
    PATH: machine,
    XDG_CACHE_HOME: machine,
  });
  expect([ready, exitCode]).toEqual([false, 3]);
  const missing = new Map(all.filter(({ state }) => state === "missing").map((f) => [f.subject, f.remedy]));
  expect(missing.get("Go")).toMatch(/^install Go 1\.\d+(\.\d+)? or newer: https:\/\/go\.dev\/dl$/);
  expect(missing.get("containerd and its tools")).toContain("Debian");
  expect(all.find(({ subject }) => subject === "dl.k8s.io")).toMatchObject({ state: "note" });
  const due = all.filter(({ state }) => state === "due").map(({ subject }) => subject);
  expect(due).toEqual(expect.arrayContaining(["pulumi", "kubernetes", "coredns", "kubectl"]));
});

test("a package that is missing does not keep it from saying so", async () => {
  const hook = `import { registerHooks } from "node:module";
    registerHooks({ resolve(name, context, next) {
      if (name !== "undici") return next(name, context);
      throw Object.assign(new Error("Cannot find package 'undici'"), { code: "ERR_MODULE_NOT_FOUND" });
    } });`;
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
  const { exitCode, all } = await findings({ NODE_OPTIONS });
  expect(exitCode).toBe(3);
  expect(all.filter(({ state }) => state === "missing")).toEqual([
    {
      subject: "npm packages",
      state: "missing",
      words: "cannot be examined: Cannot find package 'undici'",
      remedy: "rm -r node_modules && node tools/setup.js",
    },
  ]);
});

test("settings that are unusable are findings among the others", async () => {
  const PRESSUREVALVE_DOWNLOADS = "foo";
  const { exitCode, all } = await findings({ PRESSUREVALVE_DOWNLOADS, HTTPS_PROXY: "ftp://127.0.0.1" });
  expect(exitCode).toBe(3);
  expect(all.filter(({ subject }) => /^[A-Z_]+$/.test(subject))).toEqual([
    {
      subject: "PRESSUREVALVE_DOWNLOADS",
      state: "missing",
      words: "PRESSUREVALVE_DOWNLOADS is foo",
      remedy: "it must be the URL of a mirror, or off to build everything from source",
    },
    {
      subject: "HTTPS_PROXY",
      state: "missing",
      words: "HTTPS_PROXY is ftp://127.0.0.1",
      remedy: "it must be the address of a proxy, such as http://localhost:3128",
    },
  ]);
  const subjects = all.map(({ subject }) => subject);
  expect(subjects).toEqual(expect.arrayContaining(["Node.js", "pulumi", "kubectl", "ports", "Go"]));
});

test("with a kubeconfig, that cluster is examined instead of the local one", async () => {
  const { exitCode, groups } = await findings({}, ["--kubeconfig", join(machine, "absent")]);
  expect(exitCode).toBe(3);
  const own = groups.find(({ purpose }) => purpose === "a cluster of yours");
  expect(own?.findings).toMatchObject([{ subject: "kubeconfig", state: "missing" }]);
  expect(own?.findings[0]?.words).toContain(join(machine, "absent"));
});

test("for people it is a line each, and the verdict stands on stderr", async () => {
  const { stdout, stderr } = await doctor([], { PATH: machine, XDG_CACHE_HOME: machine });
  expect(stdout).toMatch(/^ {2}missing {3}Go .*\n {12}-> install Go/m);
  expect(stderr).toContain("npm start lacks what is marked above");
});
