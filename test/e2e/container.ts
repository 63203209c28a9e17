import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** Unpacks the layers of an image's archive into a folder, as a container runtime would. */
export async function unpackImage(archive: string, folder: string): Promise<void> {
  const parts = `${folder}.archive`;
  await Promise.all([mkdir(folder), mkdir(parts)]);
  await execa("tar", ["-xf", archive, "-C", parts]);
  const [{ Layers }] = JSON.parse(await readFile(join(parts, "manifest.json"), "utf8"));
  for (const layer of Layers) {
    await execa("tar", ["-xf", join(parts, layer), "-C", folder]);
  }
  await Promise.all(["dev", "proc", "tmp", "bindings"].map((name) => mkdir(join(folder, name))));
}

/** Gives an unpacked image a binding, or a newer state of it. */
export async function bind(binding: string, folder: string): Promise<void> {
  await cp(binding, join(folder, "bindings"), { recursive: true });
}

/** Runs a command in an unpacked image as its user; the process is the command's own, as each step becomes the next. Needs root, as the local cluster does. */
export function runInImage(
  folder: string,
  command: readonly string[],
  env: Record<string, string>,
): ChildProcess {
  const script = [
    'mount --rbind /dev "$0/dev"',
    'mount --rbind /proc "$0/proc"',
    'mount -t tmpfs -o mode=1777 tmp "$0/tmp"',
    'exec chroot --userspec=65532:65532 --groups="" "$0" "$@"',
  ].join(" && ");
  return spawn("unshare", ["--mount", "sh", "-c", script, folder, ...command], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", SERVICE_BINDING_ROOT: "/bindings", ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** Ends what runs in an image by the signal that the image asks for. */
export async function end(container: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (container.exitCode !== null) {
    return;
  }
  const ended = once(container, "exit");
  container.kill(signal);
  await ended;
}
