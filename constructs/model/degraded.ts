import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { FieldProblem } from "./concern.ts";
import type { ResolvedService } from "./resolve.ts";
import { fields } from "./shape.ts";

/** Whatever JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What a caller's sidecar answers in place of a callee that cannot. No cache keeps it. */
export interface DegradedAnswer {
  /**
   * 200, or 203 for clients that tell by it too: [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-15.3.4), not from
   * the one who was asked. Omitted: 200.
   * Envoy: [LocalResponsePolicy.status_code](https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/http/custom_response/local_response_policy/v3/local_response_policy.proto)
   */
  readonly status?: 200 | 203;
  /**
   * What it says, as JSON of at most 4096 bytes; the same for every request.
   * Envoy: [LocalResponsePolicy.body](https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/http/custom_response/local_response_policy/v3/local_response_policy.proto)
   * @example
   * body: { state: "unknown" }
   */
  readonly body: Json;
}

export interface ResolvedDegradedAnswer {
  readonly status: 200 | 203;
  /** As it is sent. */
  readonly body: string;
}

/** Each request that it stands in for carries it in the configuration of every sidecar of the caller. */
const longestBody = 4096;

export const degradedSchema = fields({
  status: z.literal([200, 203]).exactOptional(),
  body: z
    .custom<Json>(isJson, {
      error: "must be JSON; write plain values, for example { items: [] }",
      abort: true,
    })
    .refine(
      (body) => Buffer.byteLength(JSON.stringify(body)) <= longestBody,
      `must have at most ${longestBody} bytes as JSON; say less`,
    ),
});

/** Whether JSON brings it back as it was. */
function isJson(value: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    return false;
  }
}

export function resolvedDegradedAnswer({ status = 200, body }: DegradedAnswer): ResolvedDegradedAnswer {
  return { status, body: JSON.stringify(body) };
}

/** Where a degraded answer would be a lie: what was to be done was not done, and one body is not the answer to everything. */
export function misleadingAnswers({ name, calls }: ResolvedService): FieldProblem[] {
  return calls.flatMap(({ callee, named, degraded }, index): FieldProblem[] => {
    if (degraded === undefined) return [];
    const field = `calls[${index}].degraded`;
    if (named === undefined)
      return [
        {
          field,
          rule: `is set, but the call of ${callee} names no requests, which have different answers`,
          remedy: "name in requests the GET and HEAD requests that it stands in for",
        },
      ];
    return named
      .filter((request) => !/^(?:GET|HEAD) /.test(request))
      .map((request) => ({
        field,
        rule: `is set, but it would tell ${name} that ${callee} has done ${request}`,
        remedy: `give ${request} a call of its own without degraded, for only GET and HEAD can have it`,
      }));
  });
}
