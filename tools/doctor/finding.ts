/**
 * `ok`: it is there. `due`: `npm start` brings it by itself. `missing`: it stops `npm start`, and the remedy mends it.
 * `outdated`: it is there and too old, and stops it as well. `note`: worth knowing, and stops nothing.
 */
export type State = "ok" | "due" | "missing" | "outdated" | "note";

/** What was found of one thing. */
export interface Finding {
  readonly subject: string;
  readonly state: State;
  readonly words: string;
  /** The command that mends it, or what a person has to do. */
  readonly remedy?: string;
}

/** What one needs for one purpose. */
export interface Group {
  readonly purpose: string;
  readonly findings: readonly Finding[];
}

/** Whether nothing stops the purposes of these groups. */
export function isReady(groups: readonly Group[]): boolean {
  return groups.every(({ findings }) => findings.every(({ state }) => !stopping.has(state)));
}

const stopping: ReadonlySet<State> = new Set(["missing", "outdated"]);

/** A finding from the words of a fault, whose last part says what to do: `what is wrong; what to do`. */
export function fromFault(subject: string, message: string): Finding {
  const end = message.lastIndexOf("; ");
  if (end < 0) return { subject, state: "missing", words: message };
  return { subject, state: "missing", words: message.slice(0, end), remedy: message.slice(end + 2) };
}
