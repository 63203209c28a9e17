import type { Environment } from "../environment.ts";
import type { ResolvedService } from "../resolve.ts";
import type { pitfallIds } from "./ids.ts";

/** A way in which microservices go wrong that is no error of a description. */
export type PitfallId = (typeof pitfallIds)[number];

/** A pitfall that a shop has walked into, or that a waiver outlived: a warning, which stops nothing. */
export interface Pitfall {
  /** Which one. */
  readonly id: PitfallId | "spare-waiver" | "expired-waiver";
  /** The service whose owner can mend or waive it. */
  readonly service: string;
  /** All services that take part. */
  readonly services: readonly string[];
  /** What was found. */
  readonly measured: string;
  /** Why it hurts. */
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;
  /** Where more is written about it; nothing of waivers. */
  readonly reference?: string;
}

/** The resolved services of an environment, by name. */
export interface Surveyed {
  readonly services: ReadonlyMap<string, ResolvedService>;
  readonly environment: Environment;
}

/** Where one was found. */
export type Finding = Pick<Pitfall, "service" | "services" | "measured">;

/** One pitfall: how it is found, and what is said of it. */
export interface PitfallRule extends Pick<Required<Pitfall>, "reason" | "remedy" | "reference"> {
  /** Whether it can be there in one environment and not in another one; then a waiver is not spare where it waives nothing. */
  readonly dependsOnEnvironment: boolean;
  readonly find: (surveyed: Surveyed) => readonly Finding[];
}

/** The services that a service calls, each once. */
export function calleesOf({ calls }: ResolvedService): string[] {
  return [...new Set(calls.map(({ callee }) => callee))];
}

/** The services that call a service. */
export function callersOf(name: string, { services }: Surveyed): ResolvedService[] {
  return [...services.values()].filter(({ calls }) => calls.some(({ callee }) => callee === name));
}

/** Those that call and that nobody calls: where chains begin. */
export function beginnings(surveyed: Surveyed): ResolvedService[] {
  return [...surveyed.services.values()].filter(
    ({ name, calls }) => calls.length > 0 && callersOf(name, surveyed).length === 0,
  );
}
