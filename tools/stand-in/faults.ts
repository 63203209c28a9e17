import { setTimeout } from "node:timers/promises";
import { Fault } from "../fault.ts";
import { milliseconds } from "./duration.ts";
import { Problem } from "./problem.ts";

/** How the service is told to misbehave. */
export interface Faults {
  /** The command that ends at once with an error. */
  readonly crash: string | undefined;
  /** How long an affected request waits first, in milliseconds. */
  readonly delay: number;
  /** What an affected request is answered with. Absent: its proper answer. */
  readonly status: number | undefined;
  /** The share of requests that are affected, from 0 to 1. */
  readonly rate: number;
  /** Where: this path and all beneath it. Absent: the whole API, the probes excepted. */
  readonly path: string | undefined;
}

/**
 * Reads "crash=serve", "delay=300ms", "status=500 rate=0.2", "status=503 path=/health/ready" and the like;
 * an empty text is a service in good health.
 *
 * @throws Fault naming the word that is not understood.
 */
export function parseFaults(text: string): Faults {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const given = Object.fromEntries(words.map(parseWord));
  return {
    crash: given.crash,
    delay: given.delay === undefined ? 0 : milliseconds("delay", given.delay),
    status: given.status === undefined ? undefined : number("status", given.status, 400, 599),
    rate: given.rate === undefined ? 1 : number("rate", given.rate, 0, 1),
    path: given.path,
  };
}

/** Whether this request is to be affected; asked once a request, as it draws lots. */
export function strikes(faults: Faults, path: string, isProbe: boolean): boolean {
  return isInReach(faults, path, isProbe) && Math.random() < faults.rate;
}

/** @throws Problem when a fault with a status strikes. */
export async function suffer(
  { faults }: { readonly faults: Faults },
  path: string,
  isProbe: boolean,
): Promise<void> {
  if (!strikes(faults, path, isProbe)) {
    return;
  }
  await setTimeout(faults.delay);
  if (faults.status !== undefined) {
    throw new Problem(faults.status, "Fault", `told to answer ${faults.status}`);
  }
}

function isInReach({ path: reach }: Faults, path: string, isProbe: boolean): boolean {
  return reach === undefined ? !isProbe : path === reach || path.startsWith(`${reach.replace(/\/$/, "")}/`);
}

function parseWord(word: string): [string, string] {
  const [, name, value] = /^(crash|delay|status|rate|path)=(.+)$/.exec(word) ?? [];
  if (name === undefined || value === undefined) {
    throw new Fault(
      `fault "${word}" is not known; write crash=serve, delay=300ms, status=500, rate=0.2 or path=/orders`,
      1,
    );
  }
  return [name, value];
}

function number(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!(value >= least && value <= most)) {
    throw new Fault(`fault ${name} is "${text}"; it must be a number from ${least} to ${most}`, 1);
  }
  return value;
}
