import { z } from "zod";
import { type ApiKind, type ServedApi, servedShape } from "./api-kind.ts";
import { publicRequests } from "./public.ts";
import { namedRequest, type RequestName, resolvedRequests } from "./requests.ts";
import { fields } from "./shape.ts";

/**
 * A GraphQL API over HTTP that other services call by reference (`catalogue.api`). It is asked at one path, where a query by
 * GET may be tried again and what comes by POST may not: a mutation looks the same. A caller names them as requests,
 * `GET /graphql` and `POST /graphql`.
 * Specification: [GraphQL over HTTP](https://graphql.github.io/graphql-over-http/draft/#sec-Request)
 */
export interface GraphqlApi extends ServedApi {
  readonly kind: "graphql";
  /**
   * Where it answers, in a mesh nowhere else; `<CALLEE>_URL` ends with it. Plain segments, at most 1000 characters.
   * Omitted: /graphql.
   * Specification: [URL](https://graphql.github.io/graphql-over-http/draft/#sec-URL)
   */
  readonly path?: `/${string}`;
  /**
   * What the world outside may ask, through the environment's gateway: `GET` or `POST` at the path. Within 20 s it is answered
   * or given up, and never asked twice. Omitted: nothing.
   * Istio: [VirtualService](https://istio.io/latest/docs/reference/config/networking/virtual-service/)
   * @example
   * public: ["POST /graphql"]
   */
  readonly public?: readonly RequestName[];
}

/**
 * Describes a GraphQL API over HTTP. Answers of the type `application/graphql-response+json` have status codes by which a
 * caller's proxy knows a failure; those of `application/json` are always 200.
 * @example
 * api: graphql({ port: 4000 })
 */
export function graphql(api: Omit<GraphqlApi, "kind">): GraphqlApi {
  return { kind: "graphql", ...api };
}

const graphqlPath = z
  .string()
  .max(1000, "must have at most 1000 characters; shorten it")
  .regex(
    /^(?:\/[\w\-.~]+)+$/,
    "must be a path of plain segments; begin it with / and write for example /graphql",
  ) as unknown as z.ZodType<`/${string}`, string>;

// What most servers answer at. https://graphql.org/learn/serving-over-http/
const customaryPath = "/graphql";

function requestNames({ path = customaryPath }: GraphqlApi): RequestName[] {
  return [`GET ${path}`, `POST ${path}`];
}

export const graphqlKind: ApiKind<GraphqlApi> = {
  schema: fields({
    kind: z.literal("graphql"),
    path: graphqlPath.exactOptional(),
    public: publicRequests.exactOptional(),
    ...servedShape,
  }),
  requests: (api) => resolvedRequests(Object.fromEntries(requestNames(api).map((name) => [name, {}]))),
  anything: [],
  public: (api) => (api.public ?? []).map((request) => namedRequest(request)),
  // As REST's, and the one path.
  url: (authority, { path = customaryPath }) => `http://${authority}${path}`,
  saysRequests: false,
};
