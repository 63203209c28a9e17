import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execa, execaSync } from "execa";
import { candidates } from "../../cli/candidates.ts";
import { commands } from "../../cli/commands.ts";

const root = join(import.meta.dirname, "../..");

async function values(...typed: string[]): Promise<string[]> {
  return (await candidates(typed)).map(({ value }) => value);
}

describe("in the place of the cursor stands", () => {
  const listed = Object.keys(commands).filter((name) => !commands[name]?.hidden);

  test.each<[string[], string[]]>([
    [[""], [...listed, "help"]],
    [["sy"], ["synth"]],
    [["--v"], ["--version"]],
    [["help", "dep"], ["deploy"]],
    [["help", "policy", "e"], ["explain"]],
    [["help", "synth", ""], []],
    [
      ["cluster", "st"],
      ["start", "stop", "status"],
    ],
    [["cluster", "status", "--j"], ["--json"]],
    [
      ["synth", ""],
      ["dev", "staging", "production"],
    ],
    [
      ["synth", "production", "--"],
      ["--json", "--help"],
    ],
    [["synth", "--json", "p"], ["production"]],
    [["deploy", "dev", "in"], ["inventory"]],
    [["diff", "-s", "p"], ["production"]],
    [["diff", "--stack", "p"], ["production"]],
    [["diff", "--stack=p"], ["--stack=production"]],
    [["diff", "--stack", "=", "p"], ["production"]],
    [
      ["diff", "--stack", "="],
      ["dev", "staging", "production"],
    ],
    [["diff", "-s", "dev", "--ex"], ["--exit-code"]],
    [["diff", "--markdown", "--ma"], []],
    [["policy", "e"], ["explain"]],
    [["policy", "explain", "privi"], ["privileged"]],
    [["policy", "check", "a.yaml", ""], []],
    [["policy", "check", "-", "--stack", "p"], ["production"]],
    [["policy", "review", "p"], ["production"]],
    [["completion", "z"], ["zsh"]],
    [["start", "--kubeconfig", ""], []],
    [["start", "--kubeconfig", "x", "--ar"], ["--archive"]],
    [
      ["deploy", "dev", "order", "--"],
      ["--json", "--help"],
    ],
    [["nonsense", ""], []],
  ])("%j: %j", async (typed, expected) => {
    expect(await values(...typed)).toEqual(expected);
  });

  test("every option of a command that takes nothing else", async () => {
    expect(await values("start", "")).toContain("--registry");
  });

  test("every branch, where a commit is wanted", async () => {
    const { stdout } = await execa("git", ["branch", "--format=%(refname:short)"], { cwd: root });
    const branch = stdout.split("\n").find((name) => !name.startsWith("("));
    if (branch) expect(await values("diff", "--against", "")).toContain(branch);
  });
});

/** A program of that name on PATH, and the script as a file. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "completion-"));
  const program = join(folder, "pressurevalve");
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${join(root, "cli/main.ts")}" "$@"\n`);
  await chmod(program, 0o755);
});

afterAll(() => rm(folder, { recursive: true }));

function isInstalled(shell: string): boolean {
  return !execaSync(shell, ["-c", "exit 0"], { reject: false }).failed;
}

/** What the shell itself offers for the words, the last of which is being typed. */
async function offered(shell: "bash" | "zsh" | "fish", words: readonly string[]): Promise<string[]> {
  const env = { PATH: `${folder}:${process.env.PATH}` };
  const printed = await execa(process.execPath, ["cli/main.ts", "completion", shell], { cwd: root });
  const script = join(folder, `script.${shell}`);
  await writeFile(script, `${printed.stdout}\n`);
  const { stdout } = await execa(shell, ["-c", drivers[shell](script, words)], { cwd: root, env });
  return stdout.split("\n").filter(Boolean);
}

/** Each shell's own way to ask for completions. */
const drivers: Record<"bash" | "zsh" | "fish", (script: string, words: readonly string[]) => string> = {
  bash: (script, words) => `
    source ${script}
    COMP_WORDS=(pressurevalve ${words.map(quoted).join(" ")}); COMP_CWORD=${words.length}
    $(complete -p pressurevalve | sed 's/.*-F \\([^ ]*\\).*/\\1/')
    printf '%s\\n' "\${COMPREPLY[@]}"`,
  // zsh offers them from its line editor alone; _describe is what it would show.
  zsh: (script, words) => `
    compdef() {}; _files() { print -l files }; _describe() { print -l -- "\${(P@)2}" }
    source ${script}
    words=(pressurevalve ${words.map(quoted).join(" ")}); CURRENT=${words.length + 1}
    _pressurevalve`,
  fish: (script, words) => `
    source ${script}
    complete --do-complete ${quoted(["pressurevalve", ...words].join(" "))}`,
};

function quoted(word: string): string {
  return `'${word}'`;
}

test("bash completes what is known, and leaves files to itself", async () => {
  expect(await offered("bash", ["deploy", "dev", "inv"])).toEqual(["inventory"]);
  expect(await offered("bash", ["start", "--kubeconfig", ""])).toEqual([]);
});

(isInstalled("zsh") ? test : test.skip)(
  "zsh completes what is known with its description, and files",
  async () => {
    expect(await offered("zsh", ["deploy", "dev", "inv"])).toEqual(["inventory:service of warehouse"]);
    expect(await offered("zsh", ["start", "--kubeconfig", ""])).toEqual(["files"]);
  },
);

(isInstalled("fish") ? test : test.skip)("fish completes what is known with its description", async () => {
  expect(await offered("fish", ["deploy", "dev", "inv"])).toEqual(["inventory\tservice of warehouse"]);
});
