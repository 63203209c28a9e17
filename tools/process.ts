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
  const found = statOf(pid);
  // Another system than Linux has no /proc.
  return found === undefined ? processExists(pid) : !found.isZombie;
}

/** What Linux says of a process. */
export interface ProcessStat {
  /** The first 15 characters of what it calls itself. */
  readonly name: string;
  /** It has ended and waits for its parent. */
  readonly isZombie: boolean;
  readonly parent: number;
  /** Clock ticks between the machine's boot and the process's start. */
  readonly startTime: string;
}

/** Of a process that is there; nothing on another system than Linux. */
export function statOf(pid: number): ProcessStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** Reads /proc/<pid>/stat: `17 (pulumi) S 4 …`; the name may itself hold blanks and brackets. proc_pid_stat(5) */
export function parseStat(stat: string): ProcessStat {
  const end = stat.lastIndexOf(")");
  // The third field comes first.
  const fields = stat.slice(end + 2).split(" ");
  return {
    name: stat.slice(stat.indexOf("(") + 1, end),
    isZombie: fields[0] === "Z",
    parent: Number(fields[1]),
    startTime: `${fields[22 - 3]}`,
  };
}
