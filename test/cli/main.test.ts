import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { commands } from "../../cli/commands.ts";
import { programFor } from "../../cli/program.ts";

const root = join(import.meta.dirname, "../..");
const listed = Object.keys(commands).filter((name) => !commands[name]?.hidden);

function run(...args: string[]) {
  return execa(process.execPath, ["cli/main.ts", ...args], { cwd: root, reject: false, stdin: "ignore" });
}

test.each([["--version"], ["-V"]])("%s prints the version of the package", async (option) => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(await run(option)).toMatchObject({ exitCode: 0, stdout: version, stderr: "" });
});

describe("help", () => {
  test("lists every command with its summary, and the exit codes", async () => {
    const { exitCode, stdout } = await run("--help");
    expect(exitCode).toBe(0);
    for (const name of listed) expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, "m"));
    expect(stdout).toContain("Exit codes: 0 done, 1 the input is wrong, 2 a check failed, 3 ");
  });

  test("of a command is the same by either way, and has its examples", async () => {
    const [asked, flagged] = await Promise.all([run("help", "synth"), run("synth", "--help")]);
    expect(asked.stdout).toBe(flagged.stdout);
    expect([asked.exitCode, flagged.exitCode]).toEqual([0, 0]);
    expect(asked.stdout).toContain("  pressurevalve synth production --json\n");
  });

  test("of a command below another shows the examples of that one", async () => {
    const [asked, below, flagged] = await Promise.all([
      run("help", "policy", "explain"),
      run("policy", "help", "explain"),
      run("policy", "explain", "--help"),
    ]);
    expect([asked.stdout, below.stdout]).toEqual([flagged.stdout, flagged.stdout]);
    expect(asked.stdout).toMatch(/^Usage: pressurevalve policy explain /);
    expect(asked.stdout).toContain("  pressurevalve policy explain disruption-budget\n");
    expect(asked.stdout).not.toContain("policy check");
  });

  test("is what one gets without a command, and that is no success", async () => {
    const { exitCode, stdout, stderr } = await run();
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("Usage: pressurevalve [options] [command]");
  });
});

const examples = Object.values(commands).flatMap((entry) => entry.examples.map(([words]) => words));

test.each(examples)("the example is one that the program takes: %s", async (example) => {
  const words = example.split(" ");
  const program = await programFor(words);
  const command = leaf(program, words);
  let ran = false;
  command.action(() => {
    ran = true;
  });
  await program.parseAsync(words, { from: "user" });
  expect(ran).toBe(true);
});

type Program = Awaited<ReturnType<typeof programFor>>;

function leaf(command: Program, [word, ...rest]: readonly string[]): Program {
  const below = command.commands.find((candidate) => candidate.name() === word);
  return below ? leaf(below, rest) : command;
}

test.each([
  [["syth"], "command syth is unknown; did you mean synth?"],
  [["help", "deplyo"], "command deplyo is unknown; did you mean deploy?"],
  [["xyzzy"], `command xyzzy is unknown; there are ${listed.join(", ")}`],
  [["cluster", "strat"], "command strat is unknown; did you mean start?"],
  [["synth", "production", "--jsn"], "option --jsn is unknown; did you mean --json?"],
  [["synth", "production", "--xyzzy"], "option --xyzzy is unknown; see pressurevalve help synth"],
  [
    ["cluster", "status", "now", "please"],
    "too many arguments for status: now, please; see pressurevalve help cluster",
  ],
  [["synth"], "argument environment is missing; see pressurevalve help synth"],
  [["synth", "prod"], "environment prod is unknown; did you mean production?"],
  [["synth", "xyzzy"], "environment xyzzy is unknown; there are dev, staging, production"],
  [["completion", "zhs"], "shell zhs is unknown; there are bash, zsh, fish"],
  [["deploy", "dev", "ordr"], "service ordr is unknown; did you mean order?"],
  [["--json"], '{"error":{"message":"option --json is unknown; see pressurevalve help","exitCode":1}}'],
  [["diff", "dev", "--against", ""], "--against is empty; name a commit, a branch or a tag"],
  [["diff", "dev", "--against-dir", ""], "--against-dir is empty; name a folder"],
  [
    ["upgrade", "-s", "dev"],
    "-s dev looks at one environment, and an upgrade changes all of them; add --diff, or leave -s out",
  ],
  [["upgrade", "--exit-code"], "--exit-code says whether --diff found differences; add --diff"],
  [
    ["start", "--load", "no.tar", "none.tar"],
    "--load is no.tar, but there is no such file; write it with docker save\n--load is none.tar, but there is no such file; write it with docker save",
  ],
  [
    ["start", "--load", "package.json", "--kubeconfig", "none"],
    "--load is for the local cluster; load the archives into the nodes of yours, as kind load image-archive does",
  ],
  [
    ["start", "--archive", "--load", "package.json"],
    "option --load <archive...> cannot be used with option --archive; see pressurevalve help start",
  ],
  [["diff", "--against"], "option --against <ref> wants a value; see pressurevalve help diff"],
])("%j ends with 1 and the remedy", async (words, message) => {
  expect(await run(...words)).toMatchObject({ exitCode: 1, stdout: "", stderr: message });
});

test("with --json what went wrong is JSON, too", async () => {
  const { exitCode, stdout, stderr } = await run("synth", "prod", "--json");
  expect([exitCode, stdout]).toEqual([1, ""]);
  expect(JSON.parse(stderr)).toEqual({
    error: { message: "environment prod is unknown; did you mean production?", exitCode: 1 },
  });
});

test("a reader that has seen enough is no failure", async () => {
  const pipe = `"${process.execPath}" cli/main.ts diff dev --against-dir test/constructs/kubernetes/golden --verbose | head -n 1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = await execa("bash", ["-c", pipe], { cwd: root });
  expect(stdout.split("\n").at(-1)).toBe("0");
  expect(stderr).toBe("");
});

test("a disk that takes no more of the output is told, and no success", async () => {
  const { exitCode, stderr } = await execa(
    "bash",
    ["-c", `"${process.execPath}" cli/main.ts completion bash >/dev/full`],
    { cwd: root, reject: false },
  );
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^stdout cannot be written: ENOSPC: /);
});

test("what was compiled for one command serves the next", async () => {
  const home = await mkdtemp(join(tmpdir(), "cache-"));
  try {
    const env = { XDG_CACHE_HOME: home, NODE_COMPILE_CACHE: undefined };
    await execa(process.execPath, ["cli/main.ts", "synth", "--help"], { cwd: root, env });
    const compiled = await readdir(join(home, "pressurevalve", "compiled"), { recursive: true });
    expect(compiled.length).toBeGreaterThan(10);
  } finally {
    await rm(home, { recursive: true });
  }
});
