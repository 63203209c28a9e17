import { hostname } from "node:os";
import { join } from "node:path";
import { exists } from "../cache.ts";
import { Fault } from "../fault.ts";
import { backendUrl, homeOf, stackFiles } from "../pulumi/backend.ts";
import { isDead, type LockFile, locksIn } from "../pulumi/lock.ts";
import { readState } from "../pulumi/state.ts";
import { holdsShop, shopRoot } from "../shop-root.ts";
import { withoutPassword } from "../toolchain/proxy.ts";
import { type Finding, fromFault } from "./finding.ts";

/** Where Pulumi keeps what it knows of dev. */
export interface StateFacts {
  /** The backend that the user named instead of the shop's own folder, without its password. */
  readonly backend?: string;
  /** The state of the stack; nothing where it is in no folder of this machine. */
  readonly stack?: "there" | "absent" | Fault;
  /** Where it is. */
  readonly file?: string;
  readonly passphrase: "in the environment" | "there" | "absent";
  readonly locks: readonly LockFacts[] | Fault;
}

/** A process that holds the stack. */
interface LockFacts {
  readonly pid: number;
  /** Its machine, when it is another one than this. */
  readonly machine?: string;
  /** It is gone for certain. */
  readonly dead: boolean;
}

const stack = "dev";

/** What there is to say of the state in this folder. @throws Fault (exit code 1) when its Pulumi.yaml is broken */
export async function examineState(root: string = shopRoot): Promise<Finding[]> {
  if (holdsShop(root)) return stateFindings(await probeState(root));
  const words = `${root} holds no shop; npx pressurevalve init makes one`;
  return [{ subject: `state of ${stack}`, state: "note", words }];
}

export async function probeState(
  root: string = shopRoot,
  env: NodeJS.ProcessEnv = process.env,
): Promise<StateFacts> {
  const url = backendUrl(env, root);
  const files = await stackFiles(stack, url, root);
  const backend = backendOf(url, env);
  const passphrase = await passphraseOf(join(homeOf(root), "passphrase"), env);
  if (files === undefined) return { ...backend, passphrase, locks: [] };
  return {
    ...backend,
    stack: await orFault(async () => ((await readState(files)) === undefined ? "absent" : "there")),
    file: files.state,
    passphrase,
    locks: await orFault(async () => {
      const locks = await locksIn(files.locks);
      return Promise.all(locks.map(factsOf));
    }),
  };
}

/** A folder has no password, and may hold an @. */
function backendOf(url: string | undefined, env: NodeJS.ProcessEnv): Pick<StateFacts, "backend"> {
  if (env.PULUMI_BACKEND_URL && url) return { backend: url.startsWith("file:") ? url : withoutPassword(url) };
  return env.PULUMI_ACCESS_TOKEN ? { backend: "Pulumi Cloud" } : {};
}

async function factsOf(lock: LockFile): Promise<LockFacts> {
  const machine = lock.hostname === hostname() ? {} : { machine: lock.hostname };
  return { pid: lock.pid, ...machine, dead: await isDead(lock) };
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

function lockFinding({ pid, machine, dead }: LockFacts): Finding {
  const subject = lockSubject;
  if (dead)
    return { subject, state: "due", words: `left by process ${pid}, which is gone; npm start removes it` };
  if (machine === undefined)
    return {
      subject,
      state: "missing",
      words: `process ${pid} is deploying`,
      remedy: "wait until it has, or end it",
    };
  return {
    subject,
    state: "missing",
    words: `process ${pid} of ${machine} is deploying, or was when it was killed`,
    remedy: `wait until it has; when it is gone: npx pulumi cancel ${stack}`,
  };
}
