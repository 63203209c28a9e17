import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { execa } from "execa";
import { kitRoot as root } from "../../tools/shop-root.ts";

/** What a command said, and how it ended. */
export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of the repository, used as a user would use theirs. */
export class Checkout {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Copies what git knows or would take, and the installed dependencies. */
  static async make(): Promise<Checkout> {
    const folder = await mkdtemp(join(tmpdir(), "pv-"));
    const files = await execa("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
    });
    const names = files.stdout.split("\0").filter((name) => name !== "" && !name.startsWith("node_modules"));
    for (const name of names) {
      await cp(join(root, name), join(folder, name)).catch((error) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
    const modules = [join(root, "node_modules"), folder] as const;
    // Hard links where both lie on one file system.
    await execa("cp", ["-al", ...modules]).catch(() => execa("cp", ["-a", ...modules]));
    return new Checkout(folder);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** Runs a command in the checkout; its stderr is shown as it comes. */
  run(command: string, ...args: string[]): Promise<Outcome> {
    return this.runIn({}, command, ...args);
  }

  /** Runs a command with environment variables besides those of the tests. */
  runIn(env: Record<string, string>, command: string, ...args: string[]): Promise<Outcome> {
    return runAt(this.folder, env, command, ...args);
  }

  /** Replaces text in a file, and gives back what undoes it. */
  async edit(path: string, replace: (text: string) => string): Promise<() => Promise<void>> {
    const file = join(this.folder, path);
    const before = await readFile(file, "utf8");
    const after = replace(before);
    if (after === before) throw new Error(`the edit changes nothing in ${path}`);
    await writeFile(file, after);
    return () => writeFile(file, before);
  }

  /** Makes a file of another one, and gives back what undoes it. */
  async copy(from: string, to: string, replace: (text: string) => string): Promise<() => Promise<void>> {
    const file = join(this.folder, to);
    await writeFile(file, replace(await readFile(join(this.folder, from), "utf8")));
    return () => rm(file);
  }

  /** Gives a service environment variables, which makes a new version of it. */
  configure(service: string, env: Record<string, string>): Promise<() => Promise<void>> {
    return this.edit(`services/${service}.ts`, (text) =>
      text
        .replace(/^ {2}configuration: .*\n/m, "")
        .replace(
          /^ {2}owner: .*\n/m,
          (owner) => `${owner}  configuration: { env: ${JSON.stringify(env)} },\n`,
        ),
    );
  }

  kubeconfig(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(this.kubeconfigFile);
    return config;
  }

  get kubeconfigFile(): string {
    return join(this.folder, ".local", "cluster", "kubeconfig");
  }
}

/** Runs a command in a folder; its stderr is shown as it comes. */
export async function runAt(
  folder: string,
  env: Record<string, string>,
  command: string,
  ...args: string[]
): Promise<Outcome> {
  process.stderr.write(`$ ${command} ${args.join(" ")}\n`);
  const running = execa(command, args, {
    cwd: folder,
    env,
    reject: false,
    stdin: "ignore",
    stderr: ["pipe", "inherit"],
  });
  const { exitCode, stdout, stderr } = await running;
  return { exitCode, stdout, stderr };
}

/** Fails with what the command said, where it was to succeed. */
export function succeeded(outcome: Outcome): Outcome {
  if (outcome.exitCode !== 0)
    throw new Error(`exit code ${outcome.exitCode}\n${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
}
