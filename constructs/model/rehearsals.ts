import { Duration } from "cdk8s";
import { z } from "zod";
import type { Shop } from "./concern.ts";
import type { Environment } from "./environment.ts";
import type { GrpcMethodName } from "./grpc.ts";
import { dnsLabel, namespaceOf } from "./names.ts";
import { didYouMean, type Problem } from "./problem.ts";
import type { RequestName } from "./requests.ts";
import { fields } from "./shape.ts";
import { duration } from "./units.ts";

/** A fault at one edge of the call graph. */
export interface Rehearsal {
  /** The service whose calls fail; those of others go on. */
  readonly from: string;
  /** The service that it calls. */
  readonly to: string;
  /** Some of the requests of this edge. Omitted: all of them. */
  readonly requests?: readonly (RequestName | GrpcMethodName)[];
  /** Answers in place of the application, which is not asked. Omitted: none. */
  readonly abort?: AbortFault;
  /** Waits before the application is asked, or before `abort` answers. Omitted: no wait. */
  readonly delay?: DelayFault;
}

/** How a rehearsal fails. */
export interface AbortFault {
  /**
   * The answer: 400 to 599. Only 5xx counts as a failure of the callee.
   * Envoy: [FaultAbort.http_status](https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/fault/v3/fault.proto#extensions-filters-http-fault-v3-faultabort)
   */
  readonly httpStatus: number;
  /**
   * Share of the requests. 0.01 to 1. Omitted: 1, all of them.
   * Envoy: [FaultAbort.percentage](https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/http/fault/v3/fault.proto#extensions-filters-http-fault-v3-faultabort)
   */
  readonly share?: number;
}

/** How a rehearsal waits. */
export interface DelayFault {
  /**
   * How long. 1 ms to 1 min, in whole milliseconds.
   * Envoy: [FaultDelay.fixed_delay](https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/common/fault/v3/fault.proto)
   */
  readonly fixedDelay: Duration;
  /**
   * Share of the requests. 0.01 to 1. Omitted: 1, all of them.
   * Envoy: [FaultDelay.percentage](https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/common/fault/v3/fault.proto)
   */
  readonly share?: number;
}

const shareWords = "must be a share from 0.01 to 1; write for example 0.5";
const share = z.number(shareWords).min(0.01, shareWords).max(1, shareWords).exactOptional();

export const rehearsalsSchema = z
  .array(
    fields({
      from: dnsLabel,
      to: dnsLabel,
      requests: z
        // Whether the edge has them is asked of the edge.
        .array(z.string() as unknown as z.ZodType<RequestName | GrpcMethodName, string>)
        .min(1, "must name at least one; leave it out for all requests of the edge")
        .exactOptional(),
      abort: fields({
        httpStatus: z
          .int({ error: "must be a whole number; write for example 503", abort: true })
          .min(400, "must be at least 400; what is no error is no fault")
          .max(599, "must be at most 599; write for example 503"),
        share,
      }).exactOptional(),
      delay: fields({
        fixedDelay: duration({ min: Duration.millis(1), max: Duration.minutes(1) }),
        share,
      }).exactOptional(),
    }).refine(
      ({ abort, delay }) => abort !== undefined || delay !== undefined,
      "must have an abort or a delay; write for example delay: { fixedDelay: Duration.seconds(2) }",
    ),
  )
  .optional();

/** Faults of a callee's sidecar, and whose requests they are for. */
export interface ResolvedRehearsal {
  readonly caller: string;
  readonly namespace: string;
  /** The requests as they are named; nothing where it is all of them. */
  readonly requests?: readonly string[];
  readonly abort?: Required<AbortFault>;
  readonly delay?: Required<DelayFault>;
}

/** The rehearsals in which a service fails. */
export function rehearsalsOf(callee: string, environment: Environment): readonly ResolvedRehearsal[] {
  return (environment.rehearsals ?? [])
    .filter(({ to }) => to === callee)
    .map(({ from, requests, abort, delay }) => ({
      caller: from,
      namespace: namespaceOf(environment, from),
      ...(requests && { requests }),
      ...(abort && { abort: { share: 1, ...abort } }),
      ...(delay && { delay: { share: 1, ...delay } }),
    }));
}

/** Without sidecars nothing would fail, and a rehearsal that does nothing looks like one that went well. */
export function rehearsalsWithoutMesh({ mesh, rehearsals = [] }: Environment) {
  if (mesh.kind === "istio" || rehearsals.length === 0) return [];
  return [
    {
      field: "rehearsals",
      rule: "are set, but mesh.kind is none, and it is sidecars that fail in them",
      remedy: "take them out, or put the environment into a mesh",
    },
  ];
}

/** Rehearsals of calls that nobody makes. */
export function unknownRehearsals(shop: Shop): Problem[] {
  const service = `environment ${shop.environment.name}`;
  return (shop.environment.rehearsals ?? []).flatMap((rehearsal, index) => {
    const at = `rehearsals[${index}]`;
    const { from, to } = rehearsal;
    if (
      shop.services.get(from)?.calls.some(({ callee, external }) => callee === to && external !== undefined)
    )
      return [
        {
          service,
          field: `${at}.to`,
          value: to,
          rule: "but it is outside, and it is sidecars that fail",
          remedy: "take the rehearsal out",
        },
      ];
    const strangers = (["from", "to"] as const).filter((end) => !shop.names.has(rehearsal[end]));
    if (strangers.length > 0)
      return strangers.map((end) => ({
        service,
        field: `${at}.${end}`,
        value: rehearsal[end],
        rule: "but there is no such service",
        remedy: didYouMean(rehearsal[end], shop.names, "take the rehearsal out"),
      }));
    return unknownEdge(rehearsal, shop).map(({ field, ...problem }) => ({
      service,
      field: `${at}.${field}`,
      ...problem,
    }));
  });
}

function unknownEdge({ from, to, requests = [] }: Rehearsal, { services }: Shop) {
  const caller = services.get(from);
  const callee = services.get(to);
  // What has problems of its own is reported, and may call anything.
  if (caller === undefined || callee === undefined) return [];
  const calls = caller.calls.filter((call) => call.callee === to);
  if (calls.length === 0)
    return [
      {
        field: "to",
        value: to,
        rule: `but ${from} does not call it`,
        remedy: didYouMean(
          to,
          caller.calls.map(({ callee }) => callee),
          `take the rehearsal out, or add the call to ${from}`,
        ),
      },
    ];
  const asked = calls.flatMap((call) => call.requests.map(({ name }) => name));
  return requests
    .filter((name) => !asked.includes(name))
    .map((value) => ({
      field: "requests",
      value,
      rule: `but ${from} does not ask it of ${to}`,
      remedy: didYouMean(
        value,
        asked,
        callee.api.answersAnything ? `take it out, or say in ${to} which requests it answers` : "take it out",
      ),
    }));
}
