import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import { Fault } from "../fault.ts";
import { type Text, textMethod } from "./grpc-services.ts";

/**
 * Asks one gRPC method, from wherever this process runs, and prints the status and the answer as one JSON line:
 * `ask dns:///inventory.dev-inventory.svc:4000 standin.v1.Records/Get 7 a-correlation-id`.
 */
export async function ask([target, method, text = "", correlationId]: readonly string[]): Promise<void> {
  if (target === undefined || method === undefined) {
    throw new Fault("ask wants a target and a method: ask dns:///host:port package.Service/Method", 1);
  }
  const { path, requestSerialize, responseDeserialize } = textMethod(`/${method}`);
  const client = new Client(target, credentials.createInsecure());
  const metadata = new Metadata();
  if (correlationId !== undefined) {
    metadata.set("x-correlation-id", correlationId);
  }
  const answer = await new Promise<object>((resolve) => {
    const options = { deadline: Date.now() + 30_000 };
    client.makeUnaryRequest(
      ...([path, requestSerialize, responseDeserialize, { text }, metadata, options] as const),
      (error, value) =>
        resolve(
          error
            ? { status: status[error.code], details: error.details }
            : { status: "OK", text: (value as Text).text },
        ),
    );
  });
  client.close();
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
