import { spawn } from "node:child_process";
import { cp, mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/**
 * Mounts something, and gives back what unmounts it. It is unmounted as well when this process ends before, however
 * that comes: the end of this process closes what the watcher reads.
 */
export async function mounted(folder: string, ...args: string[]): Promise<() => Promise<void>> {
  await execa("mount", [...args, folder]);
  const unmount = 'cat; exec umount --lazy "$0"';
  const watcher = spawn("sh", ["-c", unmount, folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  watcher.unref();
  return async () => {
    // Its group, for the shell has started cat.
    if (watcher.pid !== undefined) process.kill(-watcher.pid);
    await execa("umount", [folder]);
  };
}

/** A small disk of its own in the place of a folder, so that a full one is never the machine's. */
export class SmallDisk {
  readonly folder: string;
  readonly #unmount: () => Promise<void>;

  private constructor(folder: string, unmount: () => Promise<void>) {
    this.folder = folder;
    this.#unmount = unmount;
  }

  /** Mounts one over a folder, with what the folder holds and so much room besides. */
  static async over(folder: string, mebibytes: number): Promise<SmallDisk> {
    const kept = `${folder}.kept`;
    await mkdir(folder, { recursive: true });
    await cp(folder, kept, { recursive: true, preserveTimestamps: true });
    const { stdout } = await execa("du", ["--summarize", "--block-size=1M", folder]);
    const size = Number.parseInt(stdout, 10) + mebibytes;
    const unmount = await mounted(folder, "-t", "tmpfs", "-o", `size=${size}m,mode=0755`, "small-disk");
    try {
      await cp(kept, folder, { recursive: true, preserveTimestamps: true });
    } catch (error) {
      await unmount();
      throw error;
    } finally {
      await rm(kept, { recursive: true });
    }
    return new SmallDisk(folder, unmount);
  }

  /** Fills what is free, and gives back what makes room again. */
  async fill(): Promise<() => Promise<void>> {
    const filler = join(this.folder, "filler");
    const { bavail, bsize } = await statfs(this.folder);
    await writeFile(filler, Buffer.alloc(bavail * bsize));
    return () => rm(filler);
  }

  /** Takes the disk away and leaves what it holds in the folder. */
  async remove(): Promise<void> {
    const kept = `${this.folder}.kept`;
    try {
      await cp(this.folder, kept, { recursive: true, preserveTimestamps: true });
    } finally {
      await this.#unmount();
    }
    await rm(this.folder, { recursive: true });
    await cp(kept, this.folder, { recursive: true, preserveTimestamps: true });
    await rm(kept, { recursive: true });
  }
}
