import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { execa } from "execa";
import { apiServer } from "../api-server.ts";
import { meshAnswers, platformAnswers } from "../complete-cluster.ts";

// The machine may be busy, and each command is a process of its own.
jest.setTimeout(120_000);

const root = join(import.meta.dirname, "../../..");
const pulumi = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-kubernetes"];

let machine: string;
let shop: string;
beforeAll(async () => {
  machine = await mkdtemp(join(tmpdir(), "pressurevalve-needs-"));
  await mkdir(join(machine, "bin"));
  // A Go that notes which module it builds, and builds programs that do nothing.
  const go = `#!/bin/sh
[ "$1 $2" = "build -v" ] && basename "$PWD" >> ${join(machine, "built")}
while [ $# -gt 0 ]; do
  if [ "$1" = -o ] && [ "$2" != /dev/null ]; then printf '#!/bin/sh\\n' > "$2" && chmod 755 "$2"; fi
  shift
done\n`;
  await writeFile(join(machine, "bin", "go"), go);
  await chmod(join(machine, "bin", "go"), 0o755);
  shop = join(machine, "shop");
  await mkdir(shop);
  // Its own copy of what commands write.
  await cp(join(root, "stacks"), join(shop, "stacks"), { recursive: true });
  for (const name of [
    "services",
    "constructs",
    "policies",
    "tools",
    "node_modules",
    "Pulumi.yaml",
    "package.json",
  ])
    await symlink(join(root, name), join(shop, name));
});
beforeEach(() => rm(join(machine, "built"), { force: true }));
afterAll(() => rm(machine, { recursive: true }));

test("synth builds nothing", async () => {
  const { exitCode } = await run("cli/main.ts", "synth", "dev");
  expect([exitCode, await built()]).toEqual([0, []]);
});

test("stop and cluster status build nothing", async () => {
  expect((await run("cli/main.ts", "stop")).exitCode).toBe(0);
  expect((await run("cli/main.ts", "cluster", "status")).exitCode).toBe(3);
  expect(await built()).toEqual([]);
});

test("doctor builds nothing", async () => {
  await run("cli/main.ts", "doctor");
  expect(await built()).toEqual([]);
});

test("pulumi, whatever it is told, takes the CLI, its language host and its provider", async () => {
  const { exitCode } = await run("tools/pulumi/main.ts", "stack", "ls");
  expect([exitCode, await built()]).toEqual([0, pulumi]);
});

test("a stack that nobody has made is told before anything is built", async () => {
  const { exitCode, stderr } = await run("tools/pulumi/main.ts", "preview", "--stack", "dev");
  expect([exitCode, await built()]).toEqual([3, []]);
  expect(stderr).toContain("stack dev does not exist yet");
});

test("a wrong service is told before anything is built", async () => {
  const { exitCode } = await run("cli/main.ts", "deploy", "dev", "nobody");
  expect([exitCode, await built()]).toEqual([1, []]);
});

test("start on a cluster of one's own builds no cluster", async () => {
  const server = await apiServer(() => ({ ...platformAnswers(), ...meshAnswers() }), "kind-shop");
  const { stderr } = await run("cli/main.ts", "start", "--kubeconfig", server.target.kubeconfig);
  await server.remove();
  expect(stderr).toContain("cluster of context kind-shop");
  expect([...new Set(await built())]).toEqual(pulumi);
});

/** Runs a command of the kit in the shop, on a machine that has none of the programs. */
function run(file: string, ...args: string[]) {
  const env = {
    PATH: [join(machine, "bin"), process.env.PATH].join(delimiter),
    XDG_CACHE_HOME: join(machine, file, ...args.slice(0, 2)),
    PRESSUREVALVE_DOWNLOADS: "off",
    HTTPS_PROXY: "http://127.0.0.1:9",
  };
  return execa(process.execPath, [join(root, file), ...args], { cwd: shop, env, reject: false });
}

async function built(): Promise<string[]> {
  const text = await readFile(join(machine, "built"), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean);
}
