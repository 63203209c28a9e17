import { Duration } from "cdk8s";
import { z } from "zod";
import { type Api, ApiReference, calledApi } from "./api.ts";
import { graphProblems } from "./call-graph.ts";
import type { Concern, Context, FieldProblem, Shop } from "./concern.ts";
import {
  type DegradedAnswer,
  degradedSchema,
  misleadingAnswers,
  type ResolvedDegradedAnswer,
  resolvedDegradedAnswer,
} from "./degraded.ts";
import { externalDestination, externalSchema, type ResolvedExternal } from "./external.ts";
import { type GrpcMethodName, grpcMethodName } from "./grpc.ts";
import { dnsLabel, hostOf, namespaceOf } from "./names.ts";
import { didYouMean } from "./problem.ts";
import {
  meantRequest,
  normalizedName,
  type RequestName,
  type ResolvedRequest,
  requestName,
} from "./requests.ts";
import type { ResolvedService } from "./resolve.ts";
import { budgetOf, longestTimeout, mostAttempts, usualTimeout } from "./retries.ts";
import { fields, reason } from "./shape.ts";
import { duration } from "./units.ts";

/** One synchronous edge of the call graph. */
export interface Call {
  /** The API that is called, by reference: `inventory.api`, or `cardNetwork.api` of an external. Its address is told to the container as `<CALLEE>_URL`. */
  readonly api: ApiReference;
  /**
   * What is asked of it: some of the callee's `requests`, so that what differs in timeout or attempts is a call of its own.
   * In a mesh everything else is refused. Told to the container as `<CALLEE>_REQUESTS`. Omitted: all that the callee answers.
   * @example
   * requests: ["GET /items/{sku}"]
   */
  readonly requests?: readonly (RequestName | GrpcMethodName)[];
  /**
   * How long one attempt may take, told to the container as `<CALLEE>_TIMEOUT`; in a mesh, whose sidecars retry, it is told
   * how long all attempts may take. 1 ms to 20 s, in whole milliseconds: a callee that stops has that long to finish
   * what it began. All attempts at what the callee itself calls must fit into it. A gRPC stream outlasts it. In a mesh a connection
   * that is not there within 250 ms, at an external 1 s, is a failed attempt as well. Omitted: 1 s.
   * Istio: [perTryTimeout](https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry-per_try_timeout)
   */
  readonly timeout?: Duration;
  /**
   * How often the call is tried in all, told to the container as `<CALLEE>_ATTEMPTS`; 1 means no retry, and is what the
   * container is told in a mesh, whose sidecars retry what is idempotent: where no connection was made, or it was refused or
   * lost, where an attempt took longer than `timeout`, and after 502, 503 and 504 (gRPC: UNAVAILABLE and CANCELLED), but not
   * after 500. 1 to 10, and at most 9 retries of one request along all chains of calls, because more make an outage worse.
   * Omitted: 1.
   * Istio: [retries.attempts](https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry-attempts), which does not count the first
   */
  readonly attempts?: number;
  /**
   * What the caller's sidecar answers in place of a callee that is away, has failed every attempt with 5xx or a timeout, or is
   * left alone by its circuit breaker. 4xx is the callee's own answer, and passes, also the 429 of one that is asked too much.
   * The application tells it by the field `proxy-status`, which has an `error` ([RFC 9209](https://www.rfc-editor.org/rfc/rfc9209)).
   * Only where `requests` are named, and each is a GET or HEAD. Only a mesh renders it; without one the application is told
   * nothing. Omitted: the error is passed on.
   * Envoy: [custom_response](https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/custom_response_filter)
   * @example
   * call(payment.api, { requests: ["GET /payments/{id}"], degraded: { body: { state: "unknown" } } })
   */
  readonly degraded?: DegradedAnswer;
}

export interface ResolvedCall {
  readonly callee: string;
  /** What is spoken with it. */
  readonly kind: Api["kind"];
  /** Where the callee is; an external is known in its caller's namespace alone. */
  readonly namespace: string;
  /** Its name in the registry of the mesh. */
  readonly host: string;
  readonly port: number;
  /** What is said of an external, and where it is. */
  readonly external?: ResolvedExternal;
  readonly url: string;
  /** What is asked, as routes and rights are made from it. */
  readonly requests: readonly ResolvedRequest[];
  /** What the description names of it. */
  readonly named?: readonly string[];
  /** How long one attempt may take. */
  readonly timeout: Duration;
  readonly attempts: number;
  /** How long all attempts may take, with the waits between them. */
  readonly budget: Duration;
  /** What is answered in place of the callee. */
  readonly degraded?: ResolvedDegradedAnswer;
  /** How long a replica of the callee that fails gets nothing, as the callee says. */
  readonly baseEjectionTime: Duration;
  /** What the application's own client keeps to: all of it, or one attempt of the whole budget where the mesh retries. */
  readonly client: { readonly timeout: Duration; readonly attempts: number };
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

/** A request of any API; whether the callee has it is asked of the callee. */
const callRequest = normalizedName.refine(
  (name) => [requestName, grpcMethodName].some((schema) => schema.safeParse(name).success),
  "must be a request of the callee; write for example GET /items/{sku}, or a gRPC service and method",
) as unknown as z.ZodType<RequestName | GrpcMethodName, string>;

const callSchema = fields({
  api: z
    .custom<ApiReference>(
      (value) => value instanceof ApiReference && typeof value.service === "string",
      "must be the API of a service; write for example inventory.api",
    )
    .superRefine((reference, context) => {
      if (reference.external === undefined) return;
      for (const issue of externalIssues(reference))
        context.issues.push({ ...issue, input: undefined } as z.core.$ZodRawIssue);
    }),
  requests: z
    .array(callRequest)
    .min(1, "must name at least one; leave it out to ask all that the callee answers")
    .exactOptional(),
  timeout: duration({ min: Duration.millis(1), max: longestTimeout }).exactOptional(),
  attempts: z
    .int({ error: "must be a whole number; give how often the call is tried in all", abort: true })
    .min(1, "must be at least 1; 1 means that the call is tried once")
    .max(mostAttempts, `must be at most ${mostAttempts}; more attempts make an outage worse`)
    .exactOptional(),
  degraded: degradedSchema.exactOptional(),
});

/** What is said of an external is checked wherever it is called. */
const externalReference = z.object({ service: dnsLabel, external: externalSchema });

function externalIssues(reference: ApiReference): readonly Partial<z.core.$ZodIssue>[] {
  return externalReference.safeParse({ ...reference }).error?.issues ?? [];
}

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
  resolve: (described, context) => (described?.() ?? []).map((call) => resolvedCall(call, context)),
  check: (service, shop) => [
    ...unknownCallees(service, shop),
    ...unplacedCallees(service),
    ...placesThatAreOne(service),
    ...repeatedCallees(service),
    ...unknownRequests(service, shop),
    ...retriedWrites(service, shop),
    ...misleadingAnswers(service),
    ...callsWithoutConsent(service, shop),
    ...graphProblems(service, shop),
  ],
};

function resolvedCall(described: Call, context: Context): ResolvedCall {
  const { environment } = context;
  const { service: callee, external } = described.api;
  const { api, ...destination } =
    external === undefined
      ? serviceDestination(callee, context)
      : externalDestination(callee, external, context);
  const named = described.requests;
  const timeout = described.timeout ?? usualTimeout;
  // Only its team knows whether a call may be repeated; and retries multiply the load on what is already slow.
  const attempts = described.attempts ?? 1;
  const budget = budgetOf(timeout, attempts);
  return {
    callee,
    ...destination,
    requests: api.requests.filter(({ name }) => named === undefined || named.some((one) => one === name)),
    ...(named && { named }),
    timeout,
    attempts,
    budget,
    ...(described.degraded && { degraded: resolvedDegradedAnswer(described.degraded) }),
    baseEjectionTime: api.circuitBreaker.baseEjectionTime,
    // Retries in two places multiply.
    client: environment.mesh.kind === "istio" ? { timeout: budget, attempts: 1 } : { timeout, attempts },
  };
}

function serviceDestination(callee: string, { environment, descriptions }: Context) {
  // A callee that is unknown or has problems of its own is reported, so port 0 is never rendered.
  const described = descriptions.get(callee)?.api ?? { kind: "rest", port: 0 };
  const namespace = namespaceOf(environment, callee);
  const api = calledApi(described, callee, namespace);
  const { kind, port, url } = api;
  return { api, kind, namespace, host: hostOf(callee, namespace), port, url };
}

function unknownCallees({ calls }: ResolvedService, { names }: Shop): FieldProblem[] {
  return calls.flatMap(({ callee, external }, index) =>
    external !== undefined || names.has(callee)
      ? []
      : {
          field: `calls[${index}]`,
          value: callee,
          rule: "but there is no such service",
          remedy: didYouMean(callee, names, "add it to services/index.ts"),
        },
  );
}

/** An external is somewhere in every environment, or nobody can call it there. */
function unplacedCallees({ calls, environment }: ResolvedService): FieldProblem[] {
  return calls.flatMap(({ callee, external }, index) =>
    external === undefined || external.place !== undefined
      ? []
      : {
          field: `calls[${index}]`,
          value: callee,
          rule: `but ${environment.name} does not say where it is`,
          remedy: didYouMean(
            callee,
            Object.keys(environment.externals ?? {}),
            `add it to externals of ${environment.name}`,
          ),
        },
  );
}

/** A proxy tells what it is asked apart by host, or by address and port. */
function placesThatAreOne({ calls, environment }: ResolvedService): FieldProblem[] {
  return calls.flatMap(({ callee, external, host, url }, index) => {
    const first = calls
      .slice(0, index)
      .find((other) => other.callee !== callee && (other.host === host || other.url === url));
    if (external?.place === undefined || first === undefined) return [];
    return {
      field: `calls[${index}]`,
      value: callee,
      rule: `but in ${environment.name} it is where ${first.callee} is`,
      remedy: "describe both as one external, or give one of them a host of its own",
    };
  });
}

/** Several calls of one callee tell their requests apart. */
function repeatedCallees({ calls }: ResolvedService): FieldProblem[] {
  return calls.flatMap(({ callee, named }, index) => {
    const field = `calls[${index}]`;
    const before = calls.slice(0, index).filter((call) => call.callee === callee);
    if (before.length === 0) return [];
    if (named === undefined || before.some((call) => call.named === undefined))
      return {
        field,
        value: callee,
        rule: "but it is declared already",
        remedy: "declare it once, or name the requests of each call",
      };
    return named
      .filter((name, at) => named.indexOf(name) < at || before.some((call) => call.named?.includes(name)))
      .map((value) => ({
        field: `${field}.requests`,
        value,
        rule: `but it is asked of ${callee} already`,
        remedy: "name each request once",
      }));
  });
}

function unknownRequests({ calls }: ResolvedService, { services }: Shop): FieldProblem[] {
  return calls.flatMap(({ callee, external, named = [] }, index) => {
    const api = external ?? services.get(callee)?.api;
    if (api === undefined) return [];
    return named
      .filter((name) => !api.requests.some((request) => request.name === name))
      .map((value) => ({
        field: `calls[${index}].requests`,
        value,
        rule: `but ${callee} has no such request`,
        remedy: meantRequest(value, api, callee),
      }));
  });
}

/** What is done twice by being asked twice is never retried; a call that names nothing retries the rest alone. */
function retriedWrites({ calls }: ResolvedService, { services }: Shop): FieldProblem[] {
  return calls.flatMap(({ callee, external, requests, named, attempts }, index) => {
    const writes = requests.filter(({ idempotent }) => !idempotent);
    const [write] = writes;
    if (attempts === 1 || write === undefined || (!named && writes.length < requests.length)) return [];
    const canSay = (external ?? services.get(callee)?.api)?.saysRequests && !write.streaming;
    return {
      field: `calls[${index}].attempts`,
      value: attempts,
      rule: `but ${write.name} of ${callee} is not idempotent`,
      remedy: `give it a call of its own with one attempt${
        canSay ? `, or say idempotent: true in ${callee} if it is` : ""
      }`,
    };
  });
}

/** Who answers for a service says which other teams may lean on it. */
function callsWithoutConsent({ owner, calls }: ResolvedService, { services }: Shop): FieldProblem[] {
  return calls.flatMap(({ callee, external }, index) => {
    const called = external ?? services.get(callee);
    const callers = external?.callers ?? services.get(callee)?.api.callers ?? [];
    if (called === undefined || called.owner === owner || callers.includes(owner)) return [];
    return {
      field: `calls[${index}]`,
      value: callee,
      rule: `but ${called.owner}, who owns it, has not agreed to calls of ${owner}`,
      remedy: `ask ${called.owner} to add ${owner} to ${external ? "" : "api."}callers of ${callee}, or take the call out`,
    };
  });
}
