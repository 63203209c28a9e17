import { join } from "node:path";
import { exists } from "../cache.ts";
import { Fault } from "../fault.ts";
import { backendUrl, homeOf, stackFiles } from "../pulumi/backend.ts";
import { isDead, locksIn } from "../pulumi/lock.ts";
import { readState } from "../pulumi/state.ts";
import { shopRoot } from "../shop-root.ts";
import { type Finding, fromFault } from "./finding.ts";

/** Where Pulumi keeps what it knows of dev. */
export interface StateFacts {
  /** The backend that the user named instead of the shop's own folder. */
  readonly backend?: string;
  /** The state of the stack; nothing where it is in no folder of this machine. */
  readonly stack?: "there" | "absent" | Fault;
  /** Where it is. */
  readonly file?: string;
  readonly passphrase: "in the environment" | "there" | "absent";
  /** The processes that hold the stack, and whether each is gone for certain. */
  readonly locks: readonly { readonly pid: number; readonly dead: boolean }[] | Fault;
}

const stack = "dev";

export async function probeState(
  root: string = shopRoot,
  env: NodeJS.ProcessEnv = process.env,
): Promise<StateFacts> {
  const url = backendUrl(env, root);
  const files = await stackFiles(stack, url, root);
  const own = env.PULUMI_BACKEND_URL ? url : env.PULUMI_ACCESS_TOKEN && "Pulumi Cloud";
  const passphrase = await passphraseOf(join(homeOf(root), "passphrase"), env);
  if (files === undefined) return { ...(own ? { backend: own } : {}), passphrase, locks: [] };
  return {
    ...(own ? { backend: own } : {}),
    stack: await orFault(async () => ((await readState(files)) === undefined ? "absent" : "there")),
    file: files.state,
    passphrase,
    locks: await orFault(async () => {
      const locks = await locksIn(files.locks);
      return Promise.all(locks.map(async (lock) => ({ pid: lock.pid, dead: await isDead(lock) })));
    }),
  };
}

async function orFault<Value>(probe: () => Promise<Value>): Promise<Value | Fault> {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

async function passphraseOf(file: string, env: NodeJS.ProcessEnv): Promise<StateFacts["passphrase"]> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE)
    return "in the environment";
  return (await exists(file)) ? "there" : "absent";
}

export function stateFindings({
  backend,
  stack: state,
  file = "",
  passphrase,
  locks,
}: StateFacts): Finding[] {
  const subject = `state of ${stack}`;
  return [
    ...(backend ? [{ subject, state: "note", words: `kept by your own backend (${backend})` } as const] : []),
    ...(state === undefined ? [] : [stackFinding(subject, state, file)]),
    // With a backend of the user's, the passphrase is theirs as well.
    ...(backend || state === undefined ? [] : [passphraseFinding(state, passphrase)]),
    ...(locks instanceof Fault ? [fromFault(lockSubject, locks.message)] : locks.map(lockFinding)),
  ];
}

function stackFinding(subject: string, state: NonNullable<StateFacts["stack"]>, file: string): Finding {
  if (state instanceof Fault) return fromFault(subject, state.message);
  if (state === "there") return { subject, state: "ok", words: file };
  return { subject, state: "due", words: "the first deployment makes it" };
}

function passphraseFinding(state: StateFacts["stack"], passphrase: StateFacts["passphrase"]): Finding {
  const subject = "passphrase of the state";
  if (passphrase !== "absent") return { subject, state: "ok", words: passphrase };
  if (state === "absent") return { subject, state: "due", words: "the first deployment makes it" };
  return {
    subject,
    state: "missing",
    words: "gone, and the secrets in the state cannot be read without it",
    remedy: "put .local/pulumi/passphrase back, or name it with PULUMI_CONFIG_PASSPHRASE_FILE",
  };
}

const lockSubject = "lock of the state";

function lockFinding({ pid, dead }: { pid: number; dead: boolean }): Finding {
  const subject = lockSubject;
  return dead
    ? { subject, state: "due", words: `left by process ${pid}, which is gone; npm start removes it` }
    : {
        subject,
        state: "missing",
        words: `process ${pid} is deploying`,
        remedy: "wait until it has, or end it",
      };
}
