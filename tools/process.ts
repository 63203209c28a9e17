import { readFileSync } from "node:fs";

/** Whether a process of that id is there, be it one that has ended and waits for its parent. */
export function processExists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Anything else, such as EPERM, is said of a process that is there.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Whether a process of that id is still at work. On Linux one that only waits for its parent is not. */
export function isAtWork(pid: number): boolean {
  if (!processExists(pid)) return false;
  try {
    return lineage(readFileSync(`/proc/${pid}/stat`, "utf8")).state !== "Z";
  } catch {
    // Another system than Linux, or it has just gone.
    return processExists(pid);
  }
}

/** What /proc/<pid>/stat begins with: `17 (pulumi) S 4 …`; the name may itself hold blanks and brackets. */
export function lineage(stat: string): { name: string; state: string; parent: number } {
  const end = stat.lastIndexOf(")");
  const [state = "", parent] = stat.slice(end + 2).split(" ");
  return { name: stat.slice(stat.indexOf("(") + 1, end), state, parent: Number(parent) };
}
