import { cp, mkdir, readdir, readFile, symlink, watch, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { committedShop } from "./committed-shop.ts";

const { folder: shop, git, commit, edit, restore, remove } = await committedShop();

afterEach(restore);
afterAll(remove);

function diff(...args: string[]) {
  return run({}, ...args);
}

function run(env: Record<string, string>, ...args: string[]) {
  return execa(process.execPath, ["cli/main.ts", "diff", ...args], {
    cwd: shop,
    env,
    reject: false,
    stdin: "ignore",
  });
}

test("an untouched shop is as at HEAD, and the repository stays as it is", async () => {
  const { exitCode, stdout, stderr } = await diff("-s", "production", "--exit-code");
  expect([exitCode, stdout, stderr]).toEqual([
    0,
    expect.stringMatching(/^production against HEAD \(\w{10}\): no differences$/),
    "",
  ]);
  expect((await git("status", "--porcelain")).stdout).toBe("");
  expect((await git("worktree", "list")).stdout.split("\n")).toHaveLength(1);
});

test("admission policies that come, go or change are told in a line, by their rules", async () => {
  const say = (policies: string) =>
    edit(
      "stacks/environments.ts",
      'policies: { level: "mandatory"',
      `policies: { ${policies}level: "mandatory"`,
    );
  await say('levels: { spread: "disabled", backups: "advisory" }, ');
  const { exitCode, stdout } = await diff("-s", "staging", "--exit-code");
  expect([exitCode, stdout]).toEqual([
    2,
    expect.stringMatching(
      /^staging against HEAD .*: no differences\n\nadmission policies: 1 rule removed \(spread\); 1 rule changed \(backups\)$/,
    ),
  ]);
});

describe("a service that asks for more memory", () => {
  const change = () =>
    edit("services/payment.ts", /memory: Size\.mebibytes\(\d+\)/, "memory: Size.mebibytes(777)");

  test("restarts its pods, and no others", async () => {
    await change();
    const { exitCode, stdout } = await diff("production");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      / in 1 service; running pods are touched in payment\n {2}payment: Deployment payment: pods restart\n/,
    );
    expect(stdout).toContain("777Mi");
  });

  test("is told to a program, which asked to be stopped by differences", async () => {
    await change();
    const { exitCode, stdout } = await diff("-s", "production", "--json", "--exit-code");
    const { restarts, services } = JSON.parse(stdout);
    expect(exitCode).toBe(2);
    expect(restarts).toMatchObject([{ service: "payment", verdict: "restart" }]);
    expect(services.map(({ name }: { name: string }) => name)).toEqual(["payment"]);
  });

  test("is told to reviewers", async () => {
    await change();
    const { stdout } = await diff("-s", "production", "--markdown");
    expect(stdout).toMatch(/^### production against HEAD .*\n\n.*\n\n\| service \|/);
    expect(stdout).toContain("<summary><b>payment</b>:");
  });

  test("is told against the YAML that another tool holds", async () => {
    await execa(process.execPath, ["cli/main.ts", "synth", "production"], { cwd: shop });
    await change();
    const { stdout } = await diff("production", "--against-dir", "dist/production");
    expect(stdout).toMatch(/^production against the YAML in dist\/production: .*touched in payment\n/);
  });
});

test("the other side is rendered by its own kit", async () => {
  await edit("constructs/kubernetes/pod.ts", 'sizeLimit: "64Mi"', 'sizeLimit: "65Mi"');
  const { stdout } = await diff("production");
  expect(stdout).toContain("the same in several services");
  expect(stdout).toContain("64Mi → 65Mi");
});

describe("an environment", () => {
  test("that was not there is all new", async () => {
    await edit(
      "stacks/environments.ts",
      "{ dev, staging, production }",
      '{ dev, staging, production, canary: { ...production, name: "canary", namespacePrefix: "canary-" } }',
    );
    const { exitCode, stdout, stderr } = await diff("-s", "canary");
    expect([exitCode, stderr]).toEqual([0, "canary is new since HEAD"]);
    expect(stdout).toMatch(/^canary against HEAD .*: \d+ added in 5 services; no running pod is touched\n/);
  });

  test("that is gone is all removed", async () => {
    await edit("stacks/environments.ts", "{ dev, staging, production }", "{ dev, production }");
    const { stdout, stderr } = await diff("-s", "staging");
    expect(stderr).toBe("staging was there at HEAD, and is gone");
    expect(stdout).toMatch(/: \d+ removed in 5 services; running pods are touched in/);
  });

  test("that never was is told with the one that was meant", async () => {
    const { exitCode, stderr } = await diff("-s", "prodction");
    expect([exitCode, stderr]).toEqual([1, "environment prodction is unknown; did you mean production?"]);
  });
});

describe("the shop of the other side", () => {
  test("has its problems told with where they are", async () => {
    await edit("services/order.ts", 'owner: "checkout"', 'owner: ""');
    await commit("wrong");
    await edit("services/order.ts", 'owner: ""', 'owner: "checkout"');
    const { exitCode, stderr } = await diff("-s", "production");
    await git("reset", "--quiet", "--hard", "HEAD~1");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^at HEAD: order: owner /);
    expect(stderr).not.toContain("    at ");
  });

  test("gets the packages of its own lock file, where that is another", async () => {
    const bin = join(shop, ".git", "bin");
    const calls = join(shop, ".git", "npm.log");
    await mkdir(bin);
    await writeFile(
      join(bin, "npm"),
      `#!/bin/sh\necho "$@" >> ${calls}\ngrep -q another package-lock.json || exit 1\nln -s ${join(shop, "node_modules")} node_modules\n`,
      { mode: 0o755 },
    );
    await edit("package-lock.json", '"name": "pressurevalve"', '"name": "another"');
    await commit("other packages");
    await edit("package-lock.json", '"name": "another"', '"name": "pressurevalve"');
    const { exitCode, stdout, stderr } = await run({ PATH: `${bin}:${process.env.PATH}` }, "production");
    await git("reset", "--quiet", "--hard", "HEAD~1");
    expect([exitCode, stderr]).toEqual([
      0,
      "its package-lock.json is another; installing its packages takes a minute or two",
    ]);
    expect(stdout).toContain("no differences");
    expect(await readFile(calls, "utf8")).toMatch(/^ci --ignore-scripts /);
  });
});

describe("the other side is taken as it is", () => {
  test("also where policies refuse it, of which only synth speaks", async () => {
    await edit(
      "constructs/kubernetes/pod.ts",
      "allowPrivilegeEscalation: false",
      "allowPrivilegeEscalation: true",
    );
    await commit("refused");
    await edit(
      "constructs/kubernetes/pod.ts",
      "allowPrivilegeEscalation: true",
      "allowPrivilegeEscalation: false",
    );
    const { exitCode, stdout, stderr } = await diff("-s", "production");
    await git("reset", "--quiet", "--hard", "HEAD~1");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("allowPrivilegeEscalation: true → false");
  });

  test("and where its kit judges whatever it is asked, what that says is told with where it is, as an input that is wrong", async () => {
    await edit("cli/synth.ts", /^.*new Option\("--unjudged".*\n/m, "");
    await edit(
      "constructs/kubernetes/pod.ts",
      "allowPrivilegeEscalation: false",
      "allowPrivilegeEscalation: true",
    );
    await commit("refused by a kit that knows nothing of --unjudged");
    await git("checkout", "--quiet", "HEAD~1", "--", ".");
    const { exitCode, stdout, stderr } = await diff("-s", "production");
    await git("reset", "--quiet", "--hard", "HEAD~1");
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^at HEAD: .*allowPrivilegeEscalation/);
  });
});

test("a shop that is not committed yet is all new, also in a folder that is not", async () => {
  const young = join(shop, ".git", "young");
  await mkdir(join(young, "platform"), { recursive: true });
  await writeFile(join(young, "README.md"), "# A repository without a shop\n");
  const inYoung = { cwd: young };
  const who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
  await execa("git", ["init", "--quiet"], inYoung);
  await execa("git", ["add", "README.md"], inYoung);
  await execa("git", [...who, "commit", "--quiet", "--message", "first"], inYoung);
  for (const part of ["services", "stacks"])
    await cp(join(shop, part), join(young, "platform", part), { recursive: true });
  await mkdir(join(young, "platform", "node_modules"));
  await symlink(shop, join(young, "platform", "node_modules", "pressurevalve"));
  await writeFile(join(young, "platform", "package.json"), '{ "private": true, "type": "module" }');
  const main = join(shop, "cli/main.ts");
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, "diff", "production"], {
    cwd: join(young, "platform"),
    reject: false,
  });
  expect([exitCode, stderr]).toEqual([0, "the shop is new since HEAD"]);
  expect(stdout).toMatch(/^production against HEAD .*: \d+ added in 5 services; no running pod is touched\n/);
});

describe("what git does not know", () => {
  test("is told with the branch that was meant", async () => {
    const { exitCode, stderr } = await diff("-s", "production", "--against", "mian");
    expect([exitCode, stderr]).toEqual([1, "git knows no commit mian; did you mean main?"]);
  });

  test("is no option of git's", async () => {
    const { exitCode, stderr } = await diff("-s", "production", "--against=--help");
    expect([exitCode, stderr]).toEqual([
      1,
      "git knows no commit --help; git log --oneline --all shows what there is",
    ]);
  });

  test("may be a folder that is no repository", async () => {
    const { exitCode, stderr } = await run({ GIT_DIR: join(shop, "nowhere") }, "-s", "production");
    expect([exitCode, stderr]).toEqual([
      1,
      `${shop} is in no git repository, so there is no HEAD to compare with; make it one (git init, git commit), or name a folder of YAML with --against-dir`,
    ]);
  });

  test("may be a repository that git refuses to read, which says why", async () => {
    const { exitCode, stderr } = await run({ GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" }, "-s", "production");
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`git fails in ${shop}: fatal: detected dubious ownership`);
    expect(stderr).toContain("git config --global --add safe.directory");
  });

  test("may be everything, without git", async () => {
    const { exitCode, stderr } = await run({ PATH: "/nonexistent" }, "-s", "production");
    expect([exitCode, stderr]).toEqual([3, "git is not installed; install it, for it knows what was before"]);
  });
});

test("no environment, or two, is told", async () => {
  expect((await diff("-s", "")).stderr).toBe("no environment is named; add one, such as -s production");
  expect((await diff()).stderr).toBe("no environment is named; add one, such as -s production");
  expect((await diff("dev", "-s", "production")).stderr).toBe(
    "dev and production are two environments; name one",
  );
});

test("an interruption leaves no folder behind, and is what the shell sees", async () => {
  const temporary = join(shop, ".git", "tmp");
  await mkdir(temporary);
  await edit("services/order.ts", /^/, "await new Promise((resolve) => setTimeout(resolve, 600_000));\n");
  await commit("slow");
  await git("checkout", "--quiet", "HEAD~1", "--", "services");
  const env = { TMPDIR: temporary };
  const running = execa(process.execPath, ["cli/main.ts", "diff", "production"], {
    cwd: shop,
    env,
    reject: false,
  });
  for await (const { filename } of watch(temporary, { recursive: true }))
    if (filename?.endsWith("node_modules")) break;
  running.kill("SIGTERM");
  const { signal, stderr } = await running;
  await git("reset", "--quiet", "--hard", "HEAD~1");
  expect([signal, stderr.trim()]).toEqual(["SIGTERM", "interrupted"]);
  expect(await readdir(temporary)).toEqual([]);
});
