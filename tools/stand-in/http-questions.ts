import type { Call, Message, Outcome } from "./calls.ts";
import type { Question } from "./questions.ts";
import { collectionOf } from "./record.ts";
import { isRead, requestClass } from "./requests.ts";
import { traceHeaders } from "./trace.ts";

/** One question a class; of several methods, where a description names nothing, the first is put. */
export function restQuestions(call: Call): Question[] {
  return call.requests.map((name) => {
    const { methods, segments } = requestClass(name);
    const [method = "GET"] = methods;
    const read = isRead(name, call.protocol);
    // By custom the collection is the plural of the callee's name.
    const custom = (id: string) => (read ? [collectionOf(call.callee), id] : [collectionOf(call.callee)]);
    const fill = (segment: string, id: string) => {
      if (segment === "*") return custom(id);
      return segment.startsWith("{") ? [id] : [segment];
    };
    const ofRecord = segments.some((segment) => fill(segment, "id").includes("id"));
    return {
      isRead: read,
      ofRecord,
      put: async ({ id, body, key, trace }) => {
        const path = `/${segments.flatMap((segment) => fill(segment, encodeURIComponent(id))).join("/")}`;
        const headers = read ? traceHeaders(trace) : writing({ key, trace });
        const hasBody = ["POST", "PUT", "PATCH"].includes(method);
        const init = { method, headers, ...(hasBody && { body: JSON.stringify(body) }) };
        return fetched(call, path, init, ofRecord);
      },
    };
  });
}

/** A query by GET, a mutation by POST, in the schema that every stand-in has. */
export function graphqlQuestions(call: Call): Question[] {
  return call.requests.map((name) => {
    const path = `/${requestClass(name).segments.join("/")}`;
    if (isRead(name, call.protocol)) {
      const put = async ({ id, trace }: Message) => {
        const query = `{ record(id: ${JSON.stringify(id)}) { id service version created } }`;
        const asked = `${path}?${new URLSearchParams({ query })}`;
        return data(await fetched(call, asked, { headers: traceHeaders(trace) }, false), "record");
      };
      return { isRead: true, ofRecord: true, put };
    }
    const put = async (message: Message) => {
      const query = `mutation { keep(key: ${JSON.stringify(message.key)}) { id service version created } }`;
      const init = { method: "POST", headers: writing(message), body: JSON.stringify({ query }) };
      return data(await fetched(call, path, init, false), "keep");
    };
    return { isRead: false, ofRecord: false, put };
  });
}

/** What a field of GraphQL's answer holds. */
function data(outcome: Outcome, field: string): Outcome {
  if (outcome.kind !== "done") return outcome;
  const body = outcome.body as { readonly data?: Readonly<Record<string, unknown>> } | undefined;
  return { kind: "done", body: body?.data?.[field] };
}

function writing({ key, trace }: Pick<Message, "key" | "trace">): Record<string, string> {
  return { ...traceHeaders(trace), "content-type": "application/json", "idempotency-key": key };
}

/** That a record is not there is an answer. */
async function fetched(
  { url, timeout }: Call,
  path: string,
  init: RequestInit,
  ofRecord: boolean,
): Promise<Outcome> {
  try {
    const response = await fetch(new URL(path, url), { ...init, signal: AbortSignal.timeout(timeout) });
    const body = parse(await response.text());
    if (response.ok || (ofRecord && response.status === 404)) return { kind: "done", body };
    return { kind: response.status < 500 ? "refused" : "failed", status: `${response.status}`, body };
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === "TimeoutError";
    return isTimeout ? { kind: "timeout" } : { kind: "unreachable", cause };
  }
}

/** A proxy between us and the callee may answer with something that is not JSON; 204 has nothing to say. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? undefined : text.slice(0, 200);
  }
}
