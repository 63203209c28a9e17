import { spawn } from "node:child_process";
import { appendFileSync, closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { Fault } from "../fault.ts";
import { statOf } from "../process.ts";
import { inCluster } from "./layout.ts";
import type { ProcessName } from "./readiness.ts";
import { until } from "./wait.ts";

/** A process that we started. Its start time tells it from a later one that was given the same id. */
export interface ProcessRecord {
  readonly pid: number;
  /** Clock ticks between the machine's boot and the process's start. */
  readonly startTime: string;
}

/** A long-running program of the cluster. */
export interface Component {
  readonly name: ProcessName;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it does its work already. */
  readonly ready: () => Promise<boolean>;
}

/** Where a component's output goes. */
export function logOf(name: ProcessName): string {
  return inCluster("logs", `${name}.log`);
}

/**
 * Starts a component that outlives us, hands its record to `started` and waits until it is ready.
 *
 * @throws Fault with the last lines of its log when it ends or is not ready within two minutes
 */
export async function launch(
  component: Component,
  started: (name: ProcessName, record: ProcessRecord) => void,
): Promise<void> {
  const { name, program, args, env = {} } = component;
  await mkdir(inCluster("logs"), { recursive: true });
  const log = openSync(logOf(name), "w");
  // Not execa, which ties a child's life to ours.
  const child = spawn(program, args, {
    detached: true,
    cwd: inCluster(),
    env: { ...process.env, ...env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  child.on("error", (error) => appendFileSync(logOf(name), error.message)).unref();
  // At once: a process that is not on record when we are killed is cleared by nobody.
  const record = child.pid === undefined ? undefined : recordOf(child.pid);
  if (record) {
    started(name, record);
  }
  await waitUntilReady(component, record);
}

async function waitUntilReady(component: Component, record: ProcessRecord | undefined): Promise<void> {
  const { name } = component;
  await until(`${name} to be ready`, async () => {
    if (!record || !isAlive(record)) {
      throw new Fault(
        `${name} ended while starting; the end of ${logOf(name)}:\n${await lastLines(name)}`,
        3,
      );
    }
    return component.ready();
  }).catch(async (error) => {
    throw error instanceof Fault
      ? error
      : new Fault(`${error.message}; the end of ${logOf(name)}:\n${await lastLines(name)}`, 3);
  });
}

async function lastLines(name: ProcessName): Promise<string> {
  const text = await readFile(logOf(name), "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-15).join("\n");
}

/** The record of a running process, or undefined when there is none of that id. */
export function recordOf(pid: number): ProcessRecord | undefined {
  const found = statOf(pid);
  return found && { pid, startTime: found.startTime };
}

/** Whether that very process still runs. */
export function isAlive({ pid, startTime }: ProcessRecord): boolean {
  const found = statOf(pid);
  return found !== undefined && found.startTime === startTime && !found.isZombie;
}

/** Asks processes to end and, when `grace` milliseconds later one still runs, ends it. */
export async function end(records: readonly ProcessRecord[], grace = 10_000): Promise<void> {
  signalAll(records, "SIGTERM");
  const gone = async () => !records.some(isAlive);
  await until("processes to end", gone, grace).catch(() => signalAll(records, "SIGKILL"));
  await until("processes to end", gone);
}

function signalAll(records: readonly ProcessRecord[], signal: NodeJS.Signals): void {
  for (const { pid } of records.filter(isAlive)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
        throw error;
      }
    }
  }
}
