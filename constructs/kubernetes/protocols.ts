import type { V1Probe } from "@kubernetes/client-node";
import type { Api } from "../model/api.ts";

/** How a kind of API is spelled to Kubernetes and to the mesh. */
interface Protocol {
  /** The name of its port, on pods and on Services, and what is spoken there. */
  readonly port: string;
  /** What a probe asks. */
  readonly probe: (asked: string, port: number) => Pick<V1Probe, "httpGet" | "grpc">;
  /** What a caller's proxy asks again. */
  readonly retryOn: string;
  /** How a replica's own proxy words what it refuses, where a status of HTTP is not enough. */
  readonly replies: readonly object[];
}

const http: Protocol = {
  // The name by which meshes and gateways know what is spoken.
  // https://kubernetes.io/docs/concepts/services-networking/service/#application-protocol
  port: "http",
  // The port by its name, so that its number stands in one place.
  probe: (path) => ({ httpGet: { path, port: "http" } }),
  // What failed on the way, or was answered by a proxy or a replica that was going away.
  retryOn: "connect-failure,refused-stream,reset,gateway-error",
  replies: [],
};

const grpc: Protocol = {
  // Proxies speak HTTP/2 to a port of this name, without which every request of a connection goes to one replica.
  // https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
  port: "grpc",
  // A grpc probe takes no port by name. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe
  probe: (service, port) => ({ grpc: { port, service } }),
  // gRPC answers 200 and says in grpc-status how it went. DEADLINE_EXCEEDED is left out, as the time of whoever asked is over,
  // and RESOURCE_EXHAUSTED, as more requests make it worse; "reset" is also what an attempt is that takes too long.
  // https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-grpc-on
  retryOn: "connect-failure,refused-stream,reset,unavailable,cancelled",
  replies: [
    {
      filter: {
        status_code_filter: {
          comparison: {
            op: "EQ",
            value: { default_value: 429, runtime_key: "pressurevalve.shedding.status" },
          },
        },
      },
      // RESOURCE_EXHAUSTED. Envoy takes 429 for UNAVAILABLE, which opens the circuit breakers of callers and is asked again.
      // https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/local_reply
      headers_to_add: [
        { header: { key: "grpc-status", value: "8" }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
      ],
    },
  ],
};

/** GraphQL is asked over HTTP. */
export const protocols: { readonly [Kind in Api["kind"]]: Protocol } = { rest: http, grpc, graphql: http };
