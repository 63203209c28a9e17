import { Duration } from "cdk8s";
import { z } from "zod";
import { ApiReference, apiUrl } from "./api.ts";
import { graphProblems } from "./call-graph.ts";
import type { Concern, FieldProblem, Shop } from "./concern.ts";
import { namespaceOf } from "./names.ts";
import { didYouMean } from "./problem.ts";
import type { ResolvedService } from "./resolve.ts";
import { fields, reason } from "./shape.ts";
import { duration } from "./units.ts";

/** One synchronous edge of the call graph. */
export interface Call {
  /** The API that is called, by reference: `inventory.api`. Its address is told to the container as `<CALLEE>_URL`. */
  readonly api: ApiReference;
  /**
   * How long one attempt may take, told to the container as `<CALLEE>_TIMEOUT`. 1 ms to 20 s, in whole milliseconds: a
   * callee that stops has that long to finish what it began. All attempts at what the callee itself calls must fit
   * into it. Omitted: 1 s.
   */
  readonly timeout?: Duration;
  /**
   * How often the call is tried in all, told to the container as `<CALLEE>_ATTEMPTS`; 1 means no retry. 1 to 10, because
   * more attempts make an outage worse. Omitted: 1.
   */
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

/**
 * Declares that this service calls another one's API, and so opens the network for it, both ways round.
 * @example
 * calls: () => [call(inventory.api, { timeout: Duration.millis(800), attempts: 2 })]
 */
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

/** What the function of a description returns. */
export const declaredCalls = z.array(
  callSchema,
  "must return an array; write calls: () => [call(inventory.api)]",
);

function declarationIssues(declare: Calls): readonly Partial<z.core.$ZodIssue>[] {
  try {
    return declaredCalls.safeParse(declare()).error?.issues ?? [];
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
        // Longer than a healthy call takes, shorter than a person waits.
        timeout: timeout ?? Duration.seconds(1),
        // Only its team knows whether a call may be repeated; and retries multiply the load on what is already slow.
        attempts: attempts ?? 1,
      };
    }),
  check: (service, shop) => [
    ...unknownCallees(service, shop),
    ...repeatedCallees(service),
    ...graphProblems(service, shop),
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
