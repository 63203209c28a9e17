import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { exists } from "../cache.ts";
import { shopRoot } from "../shop-root.ts";
import type { Finding } from "./finding.ts";

/** Where Pulumi keeps what it knows of dev. */
export interface StateFacts {
  /** The backend that the user named instead of the shop's own folder. */
  readonly backend?: string;
  /** The state of the stack. `broken`: there, and not readable. */
  readonly stack: "there" | "absent" | "broken";
  /** Where it is. */
  readonly file: string;
  readonly passphrase: "in the environment" | "there" | "absent";
  /** The process that holds the stack, and whether it is gone for certain. */
  readonly lock?: { readonly pid: number; readonly dead: boolean };
}

const stack = "dev";

export async function probeState(
  root: string = shopRoot,
  env: NodeJS.ProcessEnv = process.env,
): Promise<StateFacts> {
  const home = join(root, ".local", "pulumi");
  const project = await projectOf(root);
  const file = join(home, ".pulumi", "stacks", project, `${stack}.json`);
  const lock = await lockOf(join(home, ".pulumi", "locks", "organization", project, stack));
  const backend = env.PULUMI_BACKEND_URL ?? (env.PULUMI_ACCESS_TOKEN ? "Pulumi Cloud" : undefined);
  return {
    ...(backend ? { backend } : {}),
    stack: await stackOf(file),
    file,
    passphrase: await passphraseOf(join(home, "passphrase"), env),
    ...(lock ? { lock } : {}),
  };
}

async function projectOf(root: string): Promise<string> {
  const text = await readFile(join(root, "Pulumi.yaml"), "utf8").catch(() => "");
  return (load(text || "{}") as { name?: string }).name ?? "";
}

async function stackOf(file: string): Promise<StateFacts["stack"]> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return "absent";
  try {
    JSON.parse(text);
    return "there";
  } catch {
    return "broken";
  }
}

async function passphraseOf(file: string, env: NodeJS.ProcessEnv): Promise<StateFacts["passphrase"]> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE)
    return "in the environment";
  return (await exists(file)) ? "there" : "absent";
}

async function lockOf(folder: string): Promise<StateFacts["lock"]> {
  const [name] = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  if (name === undefined) return undefined;
  const { isDead } = await import("../pulumi/lock.ts");
  const lock = JSON.parse(await readFile(join(folder, name), "utf8"));
  return { pid: lock.pid, dead: await isDead(lock) };
}

export function stateFindings({ backend, stack: state, file, passphrase, lock }: StateFacts): Finding[] {
  const subject = `state of ${stack}`;
  if (backend) return [{ subject, state: "note", words: `kept by your own backend (${backend})` }];
  return [
    stackFinding(subject, state, file),
    passphraseFinding(state, passphrase),
    ...(lock ? [lockFinding(lock)] : []),
  ];
}

function stackFinding(subject: string, state: StateFacts["stack"], file: string): Finding {
  if (state === "there") return { subject, state: "ok", words: file };
  if (state === "absent") return { subject, state: "due", words: "the first deployment makes it" };
  const remedy = `put its last good copy back: ${file}.bak`;
  return { subject, state: "missing", words: `${file} is not whole`, remedy };
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

function lockFinding({ pid, dead }: NonNullable<StateFacts["lock"]>): Finding {
  const subject = "lock of the state";
  return dead
    ? { subject, state: "due", words: `left by process ${pid}, which is gone; npm start removes it` }
    : {
        subject,
        state: "missing",
        words: `process ${pid} is deploying`,
        remedy: "wait until it has, or end it",
      };
}
