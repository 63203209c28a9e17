import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { Fault } from "../fault.ts";
import { type Answer, problemAnswer, send } from "./answer.ts";
import { parseFaults } from "./faults.ts";
import { Problem } from "./problem.ts";
import type { Service } from "./service.ts";

/**
 * Where faults are read and set at run time, in the words of FAULT: `GET /faults`, `PUT /faults`. Listens on
 * loopback, so that only who may exec into the pod or forward its ports gets here.
 */
export function adminServerOf(service: Service): Server {
  return createServer(async (request, response) => {
    send(response, await answerOf(service, request));
  });
}

async function answerOf(service: Service, request: IncomingMessage): Promise<Answer> {
  try {
    if (request.url !== "/faults" || !["GET", "PUT"].includes(request.method ?? "")) {
      throw new Problem(404, "Not Found", "there are GET /faults and PUT /faults");
    }
    if (request.method === "PUT") {
      service.faults = parseFaults(await text(request));
    }
    return { status: 200, body: service.faults };
  } catch (error) {
    return problemAnswer(asProblem(error));
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Fault) {
    return new Problem(400, "Bad Request", error.message);
  }
  return error instanceof Problem ? error : new Problem(500, "Internal Server Error", "internal error");
}

/** Tells the service that runs beside this process, in the same pod, how to misbehave. @throws Fault when it refuses. */
export async function sendFaults(port: number, words: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/faults`, { method: "PUT", body: words });
  const answer = await response.text();
  if (!response.ok) {
    throw new Fault(answer.trim(), 1);
  }
  process.stdout.write(answer);
}
