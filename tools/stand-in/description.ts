import { Fault } from "../fault.ts";
import type { Call } from "./calls.ts";
import type { CapacitySettings } from "./capacity.ts";
import { milliseconds } from "./duration.ts";
import { type Faults, parseFaults } from "./faults.ts";
import { isRead, PROTOCOLS, type Protocol, requestNames } from "./requests.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything this process was told about the service that it plays. */
export interface Description {
  readonly service: string;
  readonly version: string;
  readonly protocol: Protocol;
  /** What it may be asked, by the names of the description. */
  readonly requests: readonly string[];
  /** Whether nothing of that writes. */
  readonly isReadOnly: boolean;
  readonly port: number;
  /** Where faults are set at run time; on loopback only. */
  readonly adminPort: number;
  readonly bindingRoot: string | undefined;
  readonly calls: readonly Call[];
  readonly capacity: CapacitySettings;
  readonly faults: Faults;
  /** The longest that a stop may take, in milliseconds. */
  readonly drain: number;
  /** How long `migrate` and `job` wait for their database, in milliseconds. */
  readonly databaseDeadline: number;
  /** How long `job` keeps a record, in milliseconds. */
  readonly retention: number;
}

/**
 * Reads the runtime contract: what every service container gets from the platform, and the settings of the
 * stand-in that a service's own configuration may give.
 *
 * @throws Fault naming the variable, its value and the rule.
 */
export function describe(env: Environment): Description {
  const protocol = oneOf(env, "PROTOCOL", PROTOCOLS);
  const requests = requestNames("REQUESTS", env.REQUESTS, protocol);
  return {
    service: env.OTEL_SERVICE_NAME ?? "stand-in",
    version: env.SERVICE_VERSION ?? "unreleased",
    protocol,
    requests,
    isReadOnly: requests.every((name) => isRead(name, protocol)),
    port: count(env, "PORT", 3000),
    adminPort: count(env, "ADMIN_PORT", 9797),
    bindingRoot: env.SERVICE_BINDING_ROOT,
    calls: declaredCalls(env),
    capacity: {
      kind: oneOf(env, "CAPACITY_KIND", ["wait", "cpu"]),
      concurrency: count(env, "CAPACITY_CONCURRENCY", 16, 1),
      serviceTime: duration(env, "CAPACITY_SERVICE_TIME", "5ms"),
      queue: count(env, "CAPACITY_QUEUE", 64),
    },
    faults: parseFaults(env.FAULT ?? ""),
    drain: duration(env, "DRAIN", "10s"),
    databaseDeadline: duration(env, "DATABASE_DEADLINE", "60s"),
    retention: duration(env, "RETENTION", "720h"),
  };
}

/** A call is declared by <CALLEE>_URL beside <CALLEE>_TIMEOUT. Their order is the order of the environment. */
function declaredCalls(env: Environment): Call[] {
  return Object.keys(env)
    .filter((name) => name.endsWith("_URL"))
    .map((name) => name.slice(0, -"_URL".length))
    .filter((prefix) => env[`${prefix}_TIMEOUT`] !== undefined)
    .map((prefix) => declaredCall(env, prefix));
}

function declaredCall(env: Environment, prefix: string): Call {
  const protocol = oneOf(env, `${prefix}_PROTOCOL`, PROTOCOLS);
  return {
    callee: prefix.toLowerCase().replaceAll("_", "-"),
    protocol,
    url: url(env, `${prefix}_URL`),
    requests: requestNames(`${prefix}_REQUESTS`, env[`${prefix}_REQUESTS`], protocol),
    timeout: duration(env, `${prefix}_TIMEOUT`, ""),
    attempts: count(env, `${prefix}_ATTEMPTS`, 1, 1),
  };
}

function url(env: Environment, name: string): string {
  const text = env[name] ?? "";
  if (!URL.canParse(text)) {
    throw new Fault(
      `${name} is "${text}"; it must be a URL, such as http://inventory.dev-inventory.svc:3000`,
      1,
    );
  }
  return text.replace(/\/+$/, "");
}

function duration(env: Environment, name: string, otherwise: string): number {
  return milliseconds(name, env[name] ?? otherwise);
}

function count(env: Environment, name: string, otherwise: number, least = 0): number {
  const text = env[name] ?? String(otherwise);
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
    throw new Fault(`${name} is "${text}"; it must be a whole number of at least ${least}`, 1);
  }
  return Number(text);
}

function oneOf<Word extends string>(env: Environment, name: string, words: readonly [Word, ...Word[]]): Word {
  const text = env[name] ?? words[0];
  const found = words.find((word) => word === text);
  if (found === undefined) {
    throw new Fault(`${name} is "${text}"; it must be one of ${words.join(", ")}`, 1);
  }
  return found;
}
