import { readFile } from "node:fs/promises";
import { type HostTools, runTool } from "./host-tools.ts";

/**
 * Unmounts everything beneath the folders: volumes of pods, layers of containers, network namespaces. An
 * unmounted network namespace that no process is in any more is gone.
 */
export async function unmountBeneath(tools: HostTools, folders: readonly string[]): Promise<void> {
  const points = mountPoints(await readFile("/proc/self/mountinfo", "utf8"), folders);
  if (points.length > 0) {
    await runTool(tools, "umount", ["--lazy", ...points], /not mounted|no mount point/);
  }
}

/** The mount points beneath the folders among the lines of /proc/self/mountinfo, the latest first. */
export function mountPoints(mountinfo: string, folders: readonly string[]): string[] {
  const points = mountinfo.split("\n").map((line) => unescaped(line.split(" ")[4] ?? ""));
  return points.filter((point) => folders.some((folder) => point.startsWith(`${folder}/`))).reverse();
}

/** The kernel writes blanks and backslashes as octal numbers. */
function unescaped(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
