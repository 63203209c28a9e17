import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { execa, type Options } from "execa";
import { didYouMean } from "../constructs/model/problem.ts";
import { Fault } from "./fault.ts";
import { inTemporaryFolder } from "./temporary-folder.ts";

/** A commit of the git repository that a folder belongs to. */
export interface Revision {
  /** Root of the repository. */
  readonly root: string;
  /** The folder, relative to the root; empty where it is the root. */
  readonly prefix: string;
  readonly commit: string;
}

/**
 * The commit that a branch, a tag or anything else that git understands stands for.
 * @throws Fault where there is no git, or none that reads this repository (exit code 3), no repository, or no such commit (1)
 */
export async function revisionOf(folder: string, ref: string): Promise<Revision> {
  const place = await git(folder, ["rev-parse", "--show-toplevel", "--show-prefix"]);
  if (place.failed) throw noRepository(folder, ref, place.stderr);
  const [root = folder, prefix = ""] = place.stdout.split("\n");
  const found = await git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  if (found.failed) throw new Fault(await unknown(root, ref), 1);
  return { root, prefix, commit: found.stdout };
}

/** A folder, relative to the root of its repository; empty where it is the root, and where there is none. */
export function prefixOf(folder: string): string {
  for (let root = folder; ; root = dirname(root)) {
    if (existsSync(join(root, ".git"))) return relative(root, folder);
    if (root === dirname(root)) return "";
  }
}

/** Git refuses a repository of somebody else's, too, and says itself what to do. */
function noRepository(folder: string, ref: string, words: string): Fault {
  if (!words.includes("not a git repository")) return new Fault(`git fails in ${folder}: ${words}`, 3);
  return new Fault(
    `${folder} is in no git repository, so there is no ${ref} to compare with; make it one (git init, git commit), or name a folder of YAML with --against-dir`,
    1,
  );
}

/** The names that a repository has for its commits: branches, tags, those of its remotes. */
export async function commitsOf(folder: string): Promise<string[]> {
  const { stdout } = await git(folder, [
    "for-each-ref",
    "--format=%(refname:short)",
    "refs/heads",
    "refs/tags",
    "refs/remotes",
  ]);
  return stdout.split("\n").filter(Boolean);
}

async function unknown(root: string, ref: string): Promise<string> {
  const refs = await commitsOf(root);
  const shallow = (await git(root, ["rev-parse", "--is-shallow-repository"])).stdout === "true";
  const otherwise = shallow
    ? "the clone is shallow: git fetch --unshallow"
    : "git log --oneline --all shows what there is";
  return ref === "HEAD"
    ? "git knows no commit yet; make one first: git commit"
    : `git knows no commit ${ref}; ${didYouMean(ref, refs, otherwise)}`;
}

/**
 * Gives `use` the files of a commit in a folder that is gone afterwards, also when the command is told to end; `ended`
 * then ends what was started. The repository, its index and its worktrees stay as they are.
 */
export function withFilesOf<Result>(
  { root, commit }: Revision,
  use: (folder: string, ended: AbortSignal) => Promise<Result>,
): Promise<Result> {
  return inTemporaryFolder("diff", async (temporary, ended) => {
    const files = join(temporary, "files");
    await mkdir(files);
    await exportFiles(root, commit, files, join(temporary, "index"));
    return use(files, ended);
  });
}

/** Not `git archive`, which leaves out what .gitattributes marks as export-ignore. */
async function exportFiles(root: string, commit: string, folder: string, index: string): Promise<void> {
  const env = { GIT_INDEX_FILE: index };
  for (const args of [
    ["read-tree", commit],
    ["checkout-index", "--all", `--prefix=${folder}/`],
  ]) {
    const { failed, stderr } = await git(root, args, { env });
    if (failed) throw new Fault(`git ${args[0]} failed: ${stderr}`, 3);
  }
}

async function git(cwd: string, args: readonly string[], options: Pick<Options, "env"> = {}) {
  const env = { ...options.env, LC_ALL: "C" };
  const { failed, stdout, stderr, code } = await execa("git", args, { env, cwd, reject: false });
  if (code === "ENOENT") throw new Fault("git is not installed; install it, for it knows what was before", 3);
  return { failed, stdout: String(stdout), stderr: String(stderr) };
}
