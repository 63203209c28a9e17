import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Call, Message, Outcome } from "./calls.ts";
import { methodsOf, type Text, textMethod } from "./grpc-services.ts";
import type { Question } from "./questions.ts";
import { traceHeaders } from "./trace.ts";

/** One question a method; a stream would last, and is not begun. */
export function grpcQuestions(call: Call): Question[] {
  return methodsOf(call.requests)
    .filter(({ kind }) => kind !== "watch")
    .map(({ path, kind }) => ({
      isRead: kind !== "keep",
      ofRecord: kind === "get",
      put: (message) =>
        unary(call, path, message, kind === "keep" ? JSON.stringify(message.body) : message.id),
    }));
}

async function unary(
  { url, timeout }: Call,
  path: string,
  { key, trace }: Message,
  text: string,
): Promise<Outcome> {
  const { requestSerialize, responseDeserialize } = textMethod(path);
  const client = new Client(url, credentials.createInsecure());
  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ ...traceHeaders(trace), "idempotency-key": key })) {
    metadata.set(name, value);
  }
  const outcome = await new Promise<Outcome>((resolve) => {
    client.makeUnaryRequest(
      ...([path, requestSerialize, responseDeserialize, { text }, metadata] as const),
      { deadline: Date.now() + timeout },
      (error, value) =>
        resolve(error ? asOutcome(error) : { kind: "done", body: parse((value as Text).text) }),
    );
  });
  client.close();
  return outcome;
}

/** That a record is not there is an answer; of the rest, what the kit's proxies ask again. */
function asOutcome({ code, details }: ServiceError): Outcome {
  switch (code) {
    case status.NOT_FOUND:
      return { kind: "done", body: { status: "NOT_FOUND", details } };
    case status.DEADLINE_EXCEEDED:
      return { kind: "timeout" };
    case status.UNAVAILABLE:
    case status.CANCELLED:
      return { kind: "failed", status: status[code], body: details };
    default:
      return { kind: "refused", status: status[code], body: details };
  }
}

/** What is no stand-in may answer with another message. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
