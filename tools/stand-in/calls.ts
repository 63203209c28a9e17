import { Problem } from "./problem.ts";
import { type Question, questionsOf } from "./questions.ts";
import type { Protocol } from "./requests.ts";
import type { Trace } from "./trace.ts";

/** One callee, and what it may be asked. */
export interface Call {
  readonly callee: string;
  readonly protocol: Protocol;
  readonly url: string;
  /** By the names of the description. */
  readonly requests: readonly string[];
  /** Of each try, in milliseconds. */
  readonly timeout: number;
  /** Tries in all; 1 is no retry. */
  readonly attempts: number;
}

/** What is said along a call. */
export interface Message {
  /** What stands in a path where the class has a `{segment}`. */
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The same over all tries, so that a callee does the work once. */
  readonly key: string;
  readonly trace: Trace;
}

/** What came of one try. */
export type Outcome =
  /** It answered; absent where it had nothing to say. */
  | { readonly kind: "done"; readonly body: unknown }
  /** It would answer the same again. */
  | { readonly kind: "refused"; readonly status: string; readonly body: unknown }
  | { readonly kind: "failed"; readonly status: string; readonly body: unknown }
  | { readonly kind: "timeout" }
  | { readonly kind: "unreachable"; readonly cause: unknown };

/** What each callee has said, by its name. */
export type Answers = Readonly<Record<string, unknown>>;

/** The record at hand, for which callees are asked. */
interface Occasion extends Message {
  /** What the callees said before. */
  readonly answers: Answers;
}

/** Asks all that the calls have of writes, one after another; where each callee answers several, the last answer stands. */
export function askWrites(calls: readonly Call[], occasion: Occasion): Promise<Answers> {
  return askAll(calls, ({ isRead }) => !isRead, occasion);
}

/** Asks all that the calls have of reads. */
export function askReads(calls: readonly Call[], occasion: Occasion): Promise<Answers> {
  return askAll(calls, ({ isRead }) => isRead, occasion);
}

/** Asks those reads that need no record. */
export function askLists(calls: readonly Call[], trace: Trace): Promise<Answers> {
  const occasion = { id: "", key: "", body: {}, trace, answers: {} };
  return askAll(calls, ({ isRead, ofRecord }) => isRead && !ofRecord, occasion);
}

async function askAll(
  calls: readonly Call[],
  which: (question: Question) => boolean,
  { id, answers, ...said }: Occasion,
): Promise<Answers> {
  const now: Record<string, unknown> = { ...answers };
  for (const call of calls) {
    for (const question of questionsOf(call).filter(which)) {
      // The callee's own name for what it has made for us; else ours.
      const known = (now[call.callee] as { readonly id?: string } | null | undefined)?.id;
      const answer = await ask(call, question, { ...said, id: known ?? id });
      if (answer !== undefined) {
        now[call.callee] = answer;
      }
    }
  }
  return now;
}

/**
 * Tries again on what may pass, at once, for the caller's budget is attempts x timeout and leaves no room for a pause.
 *
 * @throws Problem 504 when the last try timed out, 502 when it failed otherwise.
 */
async function ask(call: Call, question: Question, message: Message): Promise<unknown> {
  let outcome = await question.put(message);
  for (let tries = 1; tries < call.attempts && isTransient(outcome); tries += 1) {
    outcome = await question.put(message);
  }
  if (outcome.kind === "done") {
    return outcome.body;
  }
  throw asProblem(call, outcome);
}

function isTransient({ kind }: Outcome): boolean {
  return kind !== "done" && kind !== "refused";
}

function asProblem(
  { callee, timeout, attempts }: Call,
  outcome: Exclude<Outcome, { readonly kind: "done" }>,
): Problem {
  const members = { callee };
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  switch (outcome.kind) {
    case "timeout":
      return new Problem(504, "Gateway Timeout", `${callee} did not answer within ${timeout} ms (${tries})`, {
        members,
      });
    case "unreachable":
      return new Problem(502, "Bad Gateway", `${callee} could not be reached (${tries})`, {
        members,
        cause: outcome.cause,
      });
    default:
      return new Problem(502, "Bad Gateway", `${callee} answered ${outcome.status}`, {
        members: { callee, answer: outcome.body },
      });
  }
}
