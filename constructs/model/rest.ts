import { z } from "zod";
import { type ApiKind, type ServedApi, servedShape } from "./api-kind.ts";
import { publicRequests } from "./public.ts";
import {
  anyRequest,
  namedRequest,
  type RequestClasses,
  type RequestName,
  requestClasses,
  resolvedRequests,
} from "./requests.ts";
import { fields } from "./shape.ts";

/** An HTTP API that other services call by reference (`inventory.api`). */
export interface RestApi extends ServedApi {
  readonly kind: "rest";
  /**
   * What it may be asked, by method and path, told to its container as `REQUESTS`; in a mesh everything else is refused.
   * Omitted: anything.
   * @example
   * requests: { "GET /items/{sku}": {}, "POST /reservations": { idempotent: true } }
   */
  readonly requests?: RequestClasses;
  /**
   * What the world outside may ask, through the environment's gateway; some of `requests`, where those are named. Within 20 s
   * it is answered or given up, and never asked twice. Omitted: nothing.
   * Istio: [VirtualService](https://istio.io/latest/docs/reference/config/networking/virtual-service/)
   * @example
   * public: ["GET /orders/{id}", "POST /orders"]
   */
  readonly public?: readonly RequestName[];
}

/**
 * Describes a REST API over HTTP.
 * @example
 * api: rest({ port: 3000 })
 */
export function rest(api: Omit<RestApi, "kind">): RestApi {
  return { kind: "rest", ...api };
}

export const restKind: ApiKind<RestApi> = {
  schema: fields({
    kind: z.literal("rest"),
    requests: requestClasses.exactOptional(),
    public: publicRequests.exactOptional(),
    ...servedShape,
  }),
  requests: ({ requests }) => requests && resolvedRequests(requests),
  anything: anyRequest,
  public: (api) => (api.public ?? []).map((request) => namedRequest(request, api.requests)),
  // Plain text: in a mesh the sidecars encrypt it, and without one nothing has a certificate.
  url: (authority) => `http://${authority}`,
  saysRequests: true,
};
