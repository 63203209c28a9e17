import { z } from "zod";
import { platformLabel } from "./names.ts";
import { fields, record } from "./shape.ts";

/** Where the world outside comes in. */
export type Gateway = IstioGateway | NoGateway;

/** A gateway of Istio's, which the platform runs for all services. */
export interface IstioGateway {
  readonly kind: "istio";
  /**
   * The Gateway that takes the requests, as `<namespace>/<name>`, e.g. `istio-ingress/shop`.
   * Istio: [VirtualService gateways](https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService-gateways)
   */
  readonly gateway: string;
  /**
   * The name that the world asks for, e.g. `shop.mountainpass.example`; `*` for any, where no other shop shares the gateway.
   * Istio: [VirtualService hosts](https://istio.io/latest/docs/reference/config/networking/virtual-service/#VirtualService-hosts)
   */
  readonly host: string;
  /**
   * The pods that the requests come from.
   * Kubernetes: [NetworkPolicy ingress[].from[]](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)
   */
  readonly pods: PlatformPods;
  /**
   * The ServiceAccount of these pods, by which a service knows the gateway from anybody else.
   * Istio: [source principals](https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source)
   */
  readonly serviceAccount: string;
}

/** Nobody outside reaches a service; what is `public` opens nothing. */
export interface NoGateway {
  readonly kind: "none";
}

/** Some pods of the platform. */
export interface PlatformPods {
  /** Namespace of these pods. */
  readonly namespace: string;
  /** Labels that these pods carry; at least one, because none would mean every pod of the namespace. */
  readonly podLabels: Readonly<Record<string, string>>;
}

export const platformPods = fields({
  namespace: platformLabel,
  // No label at all would mean every pod of the namespace.
  podLabels: record(z.string(), z.string()).refine(
    (labels) => Object.keys(labels).length > 0,
    "must have at least one label; say which pods",
  ),
});

export const gatewaySchema = z.discriminatedUnion("kind", [
  fields({
    kind: z.literal("istio"),
    gateway: z
      .string()
      .regex(
        /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/,
        "must be a namespace and a name; write for example istio-ingress/shop",
      ),
    host: z
      .string()
      .regex(
        /^(\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+)$/,
        "must be a host name or *; write for example shop.mountainpass.example",
      ),
    pods: platformPods,
    serviceAccount: platformLabel,
  }),
  fields({ kind: z.literal("none") }),
]);
