import { cp, mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

/** A small disk of its own in the place of a folder, so that a full one is never the machine's. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Mounts one over a folder, with what the folder holds and so much room besides. */
  static async over(folder: string, mebibytes: number): Promise<SmallDisk> {
    const kept = `${folder}.kept`;
    await mkdir(folder, { recursive: true });
    await cp(folder, kept, { recursive: true, preserveTimestamps: true });
    const { stdout } = await execa("du", ["--summarize", "--block-size=1M", folder]);
    const size = Number.parseInt(stdout, 10) + mebibytes;
    await execa("mount", ["-t", "tmpfs", "-o", `size=${size}m,mode=0755`, "small-disk", folder]);
    try {
      await cp(kept, folder, { recursive: true, preserveTimestamps: true });
    } catch (error) {
      await execa("umount", [folder]);
      throw error;
    } finally {
      await rm(kept, { recursive: true });
    }
    return new SmallDisk(folder);
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
    await cp(this.folder, kept, { recursive: true, preserveTimestamps: true });
    await execa("umount", [this.folder]);
    await rm(this.folder, { recursive: true });
    await cp(kept, this.folder, { recursive: true, preserveTimestamps: true });
    await rm(kept, { recursive: true });
  }
}
