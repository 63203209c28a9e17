import type { ZodType } from "zod";
import type { Call } from "./calls.ts";
import type { Environment } from "./environment.ts";
import type { Problem } from "./problem.ts";
import type { ResolvedService } from "./resolve.ts";
import type { ServiceDescription } from "./service.ts";

/**
 * One concern of a service: what a team writes about it, and what that means in an environment.
 * `resolve` folds the list of concerns; a new concern is a file of its own and a line in that list.
 */
export interface Concern<Described, Resolved> {
  /** Shape and ranges of the field. An error message of ours reads `rule; remedy`. */
  readonly schema: ZodType<Described>;
  /** Fills in defaults and names; runs only on what passed the schema. */
  readonly resolve: (described: Described, context: Context) => Resolved;
  /** Rules across fields, services and the environment. */
  readonly check?: (service: ResolvedService, shop: Shop) => FieldProblem[];
}

/** A problem of the service that is being checked. */
export type FieldProblem = Omit<Problem, "service">;

/** What a concern may know besides its own field when it settles its defaults. */
export interface Context {
  readonly name: string;
  readonly description: ServiceDescription;
  readonly environment: Environment;
  /** The descriptions that passed every schema, by service name. */
  readonly descriptions: ReadonlyMap<string, ServiceDescription>;
  /** What those call of each service, by its name. */
  readonly callsTo: ReadonlyMap<string, readonly Call[]>;
}

/** What a check may look at. */
export interface Shop {
  readonly environment: Environment;
  /** The resolved services, by name. */
  readonly services: ReadonlyMap<string, ResolvedService>;
  /** Names of all services, those included that could not be resolved. */
  readonly names: ReadonlySet<string>;
}
