import type { IDestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import type { IstioGateway } from "../model/gateway.ts";
import { hostOf } from "../model/names.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { longestTimeout } from "../model/retries.ts";
import { allowed, principal } from "./authorization.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { ingressFromPlatform } from "./network.ts";
import type { Target } from "./peers.ts";
import { inMilliseconds, requestMatch } from "./routes.ts";
import { servicePolicy } from "./traffic-policy.ts";

/** Of all objects that open the service to the world outside. */
const name = "public";

/** What the world outside may ask of the service, where the environment has a way in: routed, admitted and allowed. */
export function gatewayManifests(service: ResolvedService): Manifest[] {
  const { namespace, api, environment } = service;
  const { gateway, mesh } = environment;
  if (api.public.length === 0 || gateway.kind === "none" || mesh.kind === "none") return [];
  const pods: Target = { service: service.name, namespace, components: ["service"] };
  const caller = principal(mesh.trustDomain, gateway.pods.namespace, gateway.serviceAccount);
  return [
    ingressFromPlatform(service, name, gateway.pods, pods, api.port),
    allowed(service, name, pods, [caller], api.port, api.public),
    routes(service, gateway),
    trafficPolicy(service, gateway),
  ];
}

/** The gateway joins the routes of all services that share its host, and answers 404 to whatever none of them has. */
function routes(service: ResolvedService, { gateway, host, pods }: IstioGateway): Manifest {
  const { namespace, api } = service;
  return manifest<IVirtualService>(
    "networking.istio.io/v1",
    "VirtualService",
    metadata(service, name, "foundation"),
    {
      spec: {
        hosts: [host],
        gateways: [gateway],
        // The proxies of services have routes of their own.
        exportTo: [pods.namespace],
        http: [
          {
            name,
            match: api.public.map(requestMatch),
            route: [{ destination: { host: hostOf(service.name, namespace), port: { number: api.port } } }],
            timeout: inMilliseconds(longestTimeout),
            // Whoever asks knows best whether to ask again; left out, it would mean two retries.
            retries: { attempts: 0 },
          },
        ],
      },
    },
  );
}

/** How long connecting may take where nothing is tried again: a slow TLS handshake is better waited for than a 503 for a customer. */
const connectTimeout = "1s";

/**
 * The service's own policy without its circuit breaker. What a service passes on of a callee's failures looks like its own
 * from here: the breaker would close all of it, the answers included that need nobody, or are degraded. A proxy
 * prefers the rule of its own namespace to that of the service.
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#DestinationRule
 */
function trafficPolicy(service: ResolvedService, { pods }: IstioGateway): Manifest {
  const { namespace } = service;
  const { outlierDetection: _, ...withoutBreaker } = servicePolicy(service, connectTimeout);
  return manifest<IDestinationRule>(
    "networking.istio.io/v1",
    "DestinationRule",
    { ...metadata(service, `to-${namespace}`, "foundation"), namespace: pods.namespace },
    {
      spec: { host: hostOf(service.name, namespace), exportTo: ["."], trafficPolicy: withoutBreaker },
    },
  );
}
