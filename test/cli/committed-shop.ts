import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";

const root = join(import.meta.dirname, "../..");

/** What a clone of this repository would hold, with what is not committed yet, committed on `main` of a repository of its own. */
export async function committedShop() {
  const folder = await mkdtemp(join(tmpdir(), "committed-"));
  const git = (...args: string[]) => {
    const who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    return execa("git", [...who, ...args], { cwd: folder });
  };
  const commit = async (message: string): Promise<void> => {
    await git("add", "--all");
    await git("commit", "--quiet", "--message", message);
  };
  const edit = async (file: string, piece: string | RegExp, instead: string): Promise<void> => {
    const text = await readFile(join(folder, file), "utf8");
    const edited = text.replace(piece, instead);
    if (edited === text) throw new Error(`${file} holds no ${piece}`);
    await writeFile(join(folder, file), edited);
  };
  await copySources(folder);
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  await git("init", "--quiet", "--initial-branch=main");
  await commit("first");
  return {
    folder,
    git,
    commit,
    edit,
    /** Back to the last commit. */
    async restore(): Promise<void> {
      await git("reset", "--quiet", "--hard");
      await git("clean", "--quiet", "--force", "-d", "--exclude=node_modules");
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

async function copySources(folder: string): Promise<void> {
  const { stdout } = await execa("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
  });
  const wanted = /^(cli|constructs|policies|services|stacks|tools|package.*\.json$)/;
  for (const file of stdout
    .split("\n")
    .filter((name) => wanted.test(name) && !name.startsWith("tools/programs/"))) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    // A file that is deleted and not yet committed is still listed.
    await cp(join(root, file), join(folder, file)).catch(() => {});
  }
  await writeFile(join(folder, ".gitignore"), "node_modules\n");
}
