import type { IncomingMessage } from "node:http";
import { buildSchema, type ExecutionResult, execute, getOperationAST, parse, validate } from "graphql";
import type { Answer } from "./answer.ts";
import { readBody } from "./body.ts";
import { Problem } from "./problem.ts";
import { collectionOf } from "./record.ts";
import { keepRecord, newestRecords, readableRecord } from "./records.ts";
import { fits, requestClass, segmentsOf } from "./requests.ts";
import type { Service } from "./service.ts";
import type { Trace } from "./trace.ts";

const schema = buildSchema(`
  type Query {
    record(id: ID!): Record
    records: [Record!]!
  }
  type Mutation {
    keep(key: ID): Record!
  }
  type Record {
    id: ID!
    service: String!
    version: String!
    created: String!
  }
`);

/**
 * The service's records by GraphQL over HTTP, at one path: queries by GET or POST, mutations by POST.
 * https://graphql.github.io/graphql-over-http/draft/
 *
 * @throws Problem for whatever is no request of GraphQL
 */
export async function answerGraphql(
  service: Service,
  request: IncomingMessage,
  path: string,
  trace: Trace,
): Promise<Answer> {
  const { requests } = service.description;
  if (!requests.some((name) => fits(requestClass(name), segmentsOf(path)))) {
    throw new Problem(404, "Not Found", `${path} is not served; there are ${requests.join(", ")}`);
  }
  const { query, variables, operationName } = await parametersOf(request);
  const document = parsed(query);
  const errors = validate(schema, document);
  if (errors.length > 0) {
    return answer(400, { errors });
  }
  if (request.method === "GET" && getOperationAST(document, operationName)?.operation !== "query") {
    throw new Problem(405, "Method Not Allowed", "only queries come by GET", { headers: { allow: "POST" } });
  }
  const result = await execute({
    schema,
    document,
    rootValue: resolvers(service, trace),
    variableValues: variables ?? {},
    operationName: operationName ?? null,
  });
  return answer(result.data ? 200 : 500, result);
}

interface Parameters {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}

async function parametersOf(request: IncomingMessage): Promise<Parameters> {
  if (request.method === "POST") {
    return asParameters(await readBody(request));
  }
  if (request.method === "GET") {
    const given = Object.fromEntries(new URL(request.url ?? "/", "http://localhost").searchParams);
    return asParameters({ ...given, ...(given.variables && { variables: JSON.parse(given.variables) }) });
  }
  throw new Problem(405, "Method Not Allowed", "GraphQL is asked by GET or POST", {
    headers: { allow: "GET, POST" },
  });
}

function asParameters(given: Record<string, unknown>): Parameters {
  if (typeof given.query !== "string") {
    throw new Problem(400, "Bad Request", "the parameter query is missing");
  }
  return given as unknown as Parameters;
}

function parsed(query: string) {
  try {
    return parse(query);
  } catch (error) {
    throw new Problem(400, "Bad Request", `the query is none: ${(error as Error).message}`);
  }
}

function resolvers(service: Service, trace: Trace) {
  const collection = collectionOf(service.description.service);
  return {
    record: ({ id }: { id: string }) => readableRecord(service, collection, id, trace),
    records: () => newestRecords(service, collection, trace),
    keep: ({ key }: { key?: string }) => keepRecord(service, collection, { body: {}, key }, trace),
  };
}

function answer(status: number, body: ExecutionResult): Answer {
  return { status, headers: { "content-type": "application/graphql-response+json" }, body };
}
