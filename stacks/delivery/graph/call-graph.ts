import type { Environment, ResolvedService } from "../../../constructs/index.ts";
import { type Chain as AmplifyingChain, amplifications } from "../../../constructs/model/amplification.ts";
import type { ResolvedCall } from "../../../constructs/model/calls.ts";
import { backOffs, mostRetries } from "../../../constructs/model/retries.ts";
import { milliseconds } from "../../../constructs/model/units.ts";

/** Who calls whom in an environment, how long and how often, and what becomes of one request along chains of calls. */
export interface CallGraph {
  readonly environment: string;
  /** Who carries the calls, and so who retries. */
  readonly mesh: Environment["mesh"]["kind"];
  readonly services: readonly { readonly name: string; readonly owner: string }[];
  /** What is called and lies outside the cluster. */
  readonly externals: readonly { readonly name: string; readonly owner: string }[];
  readonly edges: readonly Edge[];
  readonly chains: Chains;
  readonly allChains: AllChains;
}

/** One call; several of one callee are edges of their own. */
export interface Edge {
  readonly caller: string;
  readonly callee: string;
  readonly requests: readonly { readonly name: string; readonly retried: boolean }[];
  /** How long one attempt may take, in milliseconds. */
  readonly timeout: number;
  readonly attempts: number;
  /** How long all attempts may take with the waits between them, in milliseconds. */
  readonly budget: number;
}

/** From a service that nobody calls to one that calls nobody. */
export interface Chain extends AmplifyingChain {
  /** How long its first call takes when its last service answers nothing and all tries are used up, in milliseconds. */
  readonly longest: number;
  /** How long its first call may take, in milliseconds. */
  readonly budget: number;
}

export interface Chains {
  /** How many there are. */
  readonly total: number;
  /** Those that amplify most, the worst first. */
  readonly worst: readonly Chain[];
}

/** All chains from one service that nobody calls to one that calls nobody. */
export interface ChainsBetween {
  readonly first: string;
  readonly last: string;
  readonly chains: number;
  /** How many requests the last may get for one at the first: what may come along each chain, together. */
  readonly requests: number;
  /** How many of them are made because others have failed. */
  readonly retries: number;
}

/** What comes along all chains together. */
export interface AllChains {
  /** How many retries descriptions may lead to. */
  readonly mostRetries: number;
  /** Those with most requests first. */
  readonly between: readonly ChainsBetween[];
}

/** The chains of a graph can be more than anybody reads, or any machine writes down. */
const mostChains = 1000;

/** The call graph of resolved services. */
export function callGraph(services: readonly ResolvedService[], environment: Environment): CallGraph {
  const edges = services.flatMap((service) => service.calls.map((call) => edgeOf(service.name, call)));
  return {
    environment: environment.name,
    mesh: environment.mesh.kind,
    services: services.map(({ name, owner }) => ({ name, owner })),
    externals: externalsOf(services),
    edges,
    chains: chainsOf(edges),
    allChains: { mostRetries, between: chainsBetween(edges) },
  };
}

function externalsOf(services: readonly ResolvedService[]): CallGraph["externals"] {
  const called = services.flatMap(({ calls }) =>
    calls.flatMap(({ callee, external }) => (external ? [[callee, external.owner] as const] : [])),
  );
  return [...new Map(called)].map(([name, owner]) => ({ name, owner }));
}

function edgeOf(caller: string, { callee, requests, timeout, attempts, budget }: ResolvedCall): Edge {
  return {
    caller,
    callee,
    requests: requests.map((request) => ({
      name: request.name,
      retried: attempts > 1 && request.idempotent,
    })),
    timeout: milliseconds(timeout),
    attempts,
    budget: milliseconds(budget),
  };
}

/** The calls of one service, by callee; several of one callee are one step of a chain. */
type Steps = ReadonlyMap<string, ReadonlyMap<string, readonly Edge[]>>;

/**
 * Chains in the order of their amplification. Their number grows exponentially with that of the services, so they are
 * not listed and sorted, but followed from the one that promises most.
 */
export function chainsOf(edges: readonly Edge[], most = mostChains): Chains {
  const steps = stepsOf(edges);
  const worst: Chain[] = [];
  const from = amplificationsOf(steps);
  const amplifies = (name: string) => Math.max(...from(name).map(({ worst }) => worst.amplification));
  const first = firstOf(edges);
  const begun: Begun[] = [];
  const follow = (services: readonly string[], so: number) =>
    insert(begun, { services, so, promise: so * amplifies(services.at(-1) as string) });
  for (const name of first) follow([name], 1);
  while (worst.length < most) {
    const best = begun.pop();
    if (best === undefined) break;
    const next = steps.get(best.services.at(-1) as string);
    if (next === undefined) worst.push(chainOf(best.services, steps));
    for (const [callee, calls] of next ?? []) follow([...best.services, callee], best.so * attemptsOf(calls));
  }
  return { total: sum(first.flatMap((name) => from(name).map(({ chains }) => chains))), worst };
}

/** What becomes of one request along all chains together. */
export function chainsBetween(edges: readonly Edge[]): ChainsBetween[] {
  const from = amplificationsOf(stepsOf(edges));
  return firstOf(edges)
    .flatMap((first) =>
      from(first).map(({ last, chains, asked, retries }) => ({
        first,
        last,
        chains,
        requests: asked + retries,
        retries,
      })),
    )
    .sort((one, other) => other.requests - one.requests);
}

function amplificationsOf(steps: Steps): ReturnType<typeof amplifications> {
  return amplifications((name) => [...(steps.get(name)?.values() ?? [])].flat());
}

/** Whom nobody calls. */
function firstOf(edges: readonly Edge[]): string[] {
  const called = new Set(edges.map(({ callee }) => callee));
  return [...new Set(edges.map(({ caller }) => caller))].filter((name) => !called.has(name));
}

/** A chain that is not at its end yet. */
interface Begun {
  readonly services: readonly string[];
  readonly so: number;
  /** The amplification of the best way on from here. */
  readonly promise: number;
}

/** Keeps the most promising one last; among equals, the one that comes first in the alphabet. */
function insert(begun: Begun[], one: Begun): void {
  let [low, high] = [0, begun.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBetter(one, begun[middle] as Begun)) low = middle + 1;
    else high = middle;
  }
  begun.splice(low, 0, one);
}

function isBetter(one: Begun, other: Begun): boolean {
  if (one.promise !== other.promise) return one.promise > other.promise;
  return one.services.join(" ") < other.services.join(" ");
}

function chainOf(services: readonly string[], steps: Steps): Chain {
  const calls = services
    .slice(1)
    .map((callee, index) => steps.get(services[index] as string)?.get(callee) as readonly Edge[]);
  const longest = calls.reduceRight<number | undefined>(
    (below, those) => Math.max(...those.map((call) => longestOf(call, below ?? call.timeout))),
    undefined,
  );
  return {
    services,
    amplification: calls.reduce((product, those) => product * attemptsOf(those), 1),
    longest: longest ?? 0,
    budget: Math.max(...(calls[0] ?? []).map(({ budget }) => budget)),
  };
}

/** All tries of a call, each of which waits for what is below it, and no longer than its own timeout. */
function longestOf({ attempts, timeout }: Edge, below: number): number {
  return attempts * Math.min(timeout, below) + milliseconds(backOffs(attempts));
}

function attemptsOf(calls: readonly Edge[]): number {
  return Math.max(...calls.map(({ attempts }) => attempts));
}

function stepsOf(edges: readonly Edge[]): Steps {
  return new Map(
    [...Map.groupBy(edges, ({ caller }) => caller)].map(([caller, own]) => [
      caller,
      Map.groupBy(own, ({ callee }) => callee),
    ]),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
