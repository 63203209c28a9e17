import { Duration } from "cdk8s";
import { z } from "zod";
import { ApiReference, apiUrl } from "./api.ts";
import type { Concern, FieldProblem, Shop } from "./concern.ts";
import { namespaceOf } from "./names.ts";
import { didYouMean } from "./problem.ts";
import type { ResolvedService } from "./resolve.ts";
import { fields, reason } from "./shape.ts";
import { duration, milliseconds, spell } from "./units.ts";

/** One synchronous edge of the call graph. */
export interface Call {
  /** The API that is called, by reference: `inventory.api`. */
  readonly api: ApiReference;
  /** How long one attempt may take. 1 ms to 20 s, so that a callee can finish what it began before it stops. Omitted: 1 s. Told to the container as `<CALLEE>_TIMEOUT`. */
  readonly timeout?: Duration;
  /** How often the call is tried in all; 1 means no retry. 1 to 10. Omitted: 1. Told to the container as `<CALLEE>_ATTEMPTS`. */
  readonly attempts?: number;
}

export interface ResolvedCall {
  readonly callee: string;
  readonly namespace: string;
  readonly port: number;
  readonly url: string;
  readonly timeout: Duration;
  readonly attempts: number;
}

/** Declares that this service calls another one's API. */
export function call(api: ApiReference, options: Omit<Call, "api"> = {}): Call {
  return { api, ...options };
}

/** Edges are given as a function, so that services that call each other are a problem to report, not a crash of the module loader. */
export type Calls = () => readonly Call[];

/** The longest that a call may take, and so the time that a stopping replica needs to drain. */
export const longestTimeout = Duration.seconds(20);

const callSchema = fields({
  api: z.custom<ApiReference>(
    (value) => value instanceof ApiReference && typeof value.service === "string",
    "must be the API of a service; write for example inventory.api",
  ),
  timeout: duration({ min: Duration.millis(1), max: longestTimeout }).exactOptional(),
  attempts: z
    .int({ error: "must be a whole number; give how often the call is tried in all", abort: true })
    .min(1, "must be at least 1; 1 means that the call is tried once")
    .max(10, "must be at most 10; more attempts make an outage worse")
    .exactOptional(),
});

const callsSchema = z
  .custom<Calls>((value) => typeof value === "function", "must be a function; write calls: () => [...]")
  .superRefine((declare, context) => {
    for (const issue of declarationIssues(declare))
      context.issues.push({ ...issue, input: undefined } as z.core.$ZodRawIssue);
  })
  .optional();

const declarations = z.array(callSchema, "must return an array; write calls: () => [call(inventory.api)]");

function declarationIssues(declare: Calls): readonly Partial<z.core.$ZodIssue>[] {
  try {
    return declarations.safeParse(declare()).error?.issues ?? [];
  } catch (error) {
    const message = `must return the calls, but throws: ${reason(error)}; mend the function`;
    return [{ code: "custom", message, path: [] }];
  }
}

export const calls: Concern<Calls | undefined, readonly ResolvedCall[]> = {
  schema: callsSchema,
  resolve: (described, { environment, descriptions }) =>
    (described?.() ?? []).map(({ api, timeout, attempts }) => {
      // A callee that is unknown or has problems of its own is reported, so port 0 is never rendered.
      const port = descriptions.get(api.service)?.api.port ?? 0;
      const namespace = namespaceOf(environment, api.service);
      const url = apiUrl(api.service, namespace, port);
      return {
        callee: api.service,
        namespace,
        port,
        url,
        timeout: timeout ?? Duration.seconds(1),
        attempts: attempts ?? 1,
      };
    }),
  check: (service, shop) => [
    ...unknownCallees(service, shop),
    ...repeatedCallees(service),
    ...timeoutsThatCannotNest(service, shop),
    ...cycles(service, shop),
  ],
};

function unknownCallees({ calls }: ResolvedService, { names }: Shop): FieldProblem[] {
  return calls.flatMap(({ callee }, index) =>
    names.has(callee)
      ? []
      : {
          field: `calls[${index}]`,
          value: callee,
          rule: "but there is no such service",
          remedy: didYouMean(callee, names, "add it to services/index.ts"),
        },
  );
}

function repeatedCallees({ calls }: ResolvedService): FieldProblem[] {
  return calls.flatMap(({ callee }, index) =>
    calls.findIndex((call) => call.callee === callee) === index
      ? []
      : {
          field: `calls[${index}]`,
          value: callee,
          rule: "but it is declared already",
          remedy: "declare each callee once",
        },
  );
}

/** A caller gives up after its timeout, so all tries of what its callee calls must fit into it. */
function timeoutsThatCannotNest(service: ResolvedService, { services }: Shop): FieldProblem[] {
  return service.calls.flatMap((outer, index) =>
    (services.get(outer.callee)?.calls ?? []).flatMap((inner) => {
      const all = inner.attempts * milliseconds(inner.timeout);
      if (all <= milliseconds(outer.timeout)) return [];
      const needed = spell(Duration.millis(all));
      return {
        field: `calls[${index}].timeout`,
        value: outer.timeout,
        rule: `but ${outer.callee} may take ${needed} to call ${inner.callee} (${inner.attempts} x ${spell(inner.timeout)})`,
        remedy: `raise it to ${needed} or more, or lower the timeout or attempts of ${outer.callee}`,
      };
    }),
  );
}

/** Each cycle is reported once, at its alphabetically first service. */
function cycles(service: ResolvedService, shop: Shop): FieldProblem[] {
  const cycle = shortestWayBack(service.name, shop);
  if (cycle === undefined || cycle.some((name) => name < service.name)) return [];
  const way = [...cycle, service.name].join(" -> ");
  const next = cycle[1] ?? service.name;
  return [
    {
      field: `calls[${service.calls.findIndex(({ callee }) => callee === next)}]`,
      value: next,
      rule: `but the services would wait for each other: ${way}`,
      remedy: "take one of these calls out",
    },
  ];
}

/** Breadth first, so that the cycle that is shown is a short one. */
function shortestWayBack(start: string, { services }: Shop): string[] | undefined {
  const ways = [[start]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const { callee } of services.get(way.at(-1) as string)?.calls ?? []) {
      if (callee === start) return way;
      if (!seen.has(callee)) ways.push([...way, callee]);
      seen.add(callee);
    }
  }
  return undefined;
}
