import type { IncomingMessage } from "node:http";
import { Problem } from "./problem.ts";

const MOST = 64 * 1024;

/** The JSON object that a request carries. @throws Problem 400 when it is none, 413 when it is too large. */
export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const value = parse(await readText(request));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Problem(400, "Bad Request", "the body must be a JSON object");
  }
  return { ...value };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST) {
      throw new Problem(413, "Content Too Large", `the body is larger than ${MOST} bytes`, {
        headers: { connection: "close" },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
