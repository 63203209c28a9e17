import { z } from "zod";
import { type AddressBlock, cidr, publicAddresses } from "./cidr.ts";
import { dnsLabel } from "./names.ts";
import { fields, record } from "./shape.ts";

/** Where an external service is, in one environment. */
export type ExternalPlace = DnsPlace | AddressesPlace;

/** An external that DNS knows by name. */
export interface DnsPlace {
  readonly kind: "dns";
  /**
   * Its name in DNS, as pods resolve it: lower case, with a dot, and no Service of this cluster, which is called as a service.
   * Istio: [ServiceEntry hosts](https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-hosts)
   */
  readonly host: string;
  /** Where it listens. 1 to 65535. */
  readonly port: number;
  /** Who encrypts, and whose certificate counts. */
  readonly tls: DnsTls | NoTls;
  /**
   * CIDR ranges in which it answers, or `public`: any address that is not of a private network, nor of the machine itself.
   * A NetworkPolicy cannot name a host; in a mesh the caller's proxy lets only this host through.
   * Kubernetes: [NetworkPolicy egress[].to[].ipBlock](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)
   */
  readonly subnets: "public" | readonly string[];
}

/** An external that answers at fixed addresses. */
export interface AddressesPlace {
  readonly kind: "addresses";
  /**
   * Its IP addresses, 1 to 32. Applications are told the first; in a mesh the caller's proxy spreads the requests over all of
   * them, and leaves out those that fail.
   * Istio: [ServiceEntry endpoints](https://istio.io/latest/docs/reference/config/networking/service-entry/#ServiceEntry-endpoints)
   */
  readonly addresses: readonly string[];
  /** Where it listens. 1 to 65535. */
  readonly port: number;
  /** Who encrypts, and whose certificate counts. */
  readonly tls: AddressesTls | NoTls;
  /**
   * A path that each address answers with 200 while it can serve. In a mesh each caller's proxy asks for it every 10 s, and
   * leaves an address out that answers otherwise, or not at all three times in a row, until it answers with 200 again.
   * Omitted: only requests tell.
   * Envoy: [health_checks](https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/health_checking)
   */
  readonly healthCheck?: string;
}

/** TLS; in a mesh the caller's proxy speaks it, and checks the certificate against the certificate authorities of its image. */
export interface DnsTls {
  readonly kind: "simple";
  /**
   * The name that its certificate must have, and that is asked for (SNI). Omitted: its host.
   * Istio: [ClientTLSSettings](https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings)
   */
  readonly serverName?: string;
}

/** TLS; in a mesh the caller's proxy speaks it, and checks the certificate against the certificate authorities of its image. */
export interface AddressesTls {
  readonly kind: "simple";
  /**
   * The name that its certificate must have, and that is asked for (SNI).
   * Istio: [ClientTLSSettings](https://istio.io/latest/docs/reference/config/networking/destination-rule/#ClientTLSSettings)
   */
  readonly serverName: string;
}

/** Plain HTTP: whoever is on the way reads along. */
export interface NoTls {
  readonly kind: "none";
}

/** A place as objects are made from it. */
export interface ResolvedPlace {
  /** Where it listens. */
  readonly port: number;
  /** The ranges of addresses that callers may reach. */
  readonly blocks: readonly AddressBlock[];
  /** Its addresses, where DNS does not say them. */
  readonly addresses?: readonly string[];
  /** The name that its certificate must have; without one it speaks plain HTTP. */
  readonly serverName?: string;
  /** What each address is asked, to see whether it can serve. */
  readonly healthCheck?: string;
}

export function resolvedPlace(place: ExternalPlace): ResolvedPlace {
  const { port } = place;
  if (place.kind === "addresses") {
    const { addresses, tls, healthCheck } = place;
    return {
      port,
      blocks: addresses.map((address) => ({ cidr: `${address}/${address.includes(":") ? 128 : 32}` })),
      addresses,
      ...(tls.kind === "simple" && { serverName: tls.serverName }),
      ...(healthCheck && { healthCheck }),
    };
  }
  const { host, subnets, tls } = place;
  return {
    port,
    blocks: subnets === "public" ? publicAddresses : subnets.map((cidr) => ({ cidr })),
    ...(tls.kind === "simple" && { serverName: tls.serverName ?? host }),
  };
}

const label = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";

/** A name with a dot, whose last part is no number: what DNS knows, and no address. */
const host = z
  .string()
  .max(253, "must have at most 253 characters; shorten it")
  .regex(
    new RegExp(`^(?:${label}\\.)+(?!\\d+$)${label}$`),
    "must be a host's full name in lower case; write for example api.cards.example",
  );

const outside = host.regex(
  /^(?!.*\.(?:svc|cluster\.local)$)/,
  "must be outside the cluster; a Service of the cluster is called as a service, so that its owner agrees",
);

const address = z
  .union([z.ipv4(), z.ipv6()], "must be an IP address; write for example 192.0.2.10")
  .refine(
    (value) => !/^(?:127\.|0\.0\.0\.0$|::1?$)/.test(value),
    "must not be the pod itself; give an address that pods reach",
  );

const port = z
  .int({ error: "must be a whole number; give the port where it listens", abort: true })
  .min(1, "must be at least 1; give the port where it listens")
  .max(65535, "must be at most 65535; give the port where it listens");

const subnetsRule = 'must be CIDR ranges, at least one, or "public"; write for example ["203.0.113.0/24"]';

const noTls = fields({ kind: z.literal("none") });

/** Where externals are, by name. */
export const externalPlaces = record(
  dnsLabel,
  z.discriminatedUnion("kind", [
    fields({
      kind: z.literal("dns"),
      host: outside,
      port,
      tls: z.discriminatedUnion("kind", [
        fields({ kind: z.literal("simple"), serverName: host.exactOptional() }),
        noTls,
      ]),
      // A NetworkPolicy without peers admits all of them.
      subnets: z
        .union([z.literal("public"), z.array(cidr)], subnetsRule)
        .refine((subnets) => subnets.length > 0, subnetsRule),
    }),
    fields({
      kind: z.literal("addresses"),
      addresses: z
        .array(address)
        .min(1, "must have at least one address; say where it is")
        .max(32, "must have at most 32 addresses; put a load balancer before them")
        .refine((all) => new Set(all).size === all.length, "must have addresses that differ; take one out"),
      port,
      tls: z.discriminatedUnion("kind", [fields({ kind: z.literal("simple"), serverName: host }), noTls]),
      healthCheck: z
        .string()
        .max(1024, "must have at most 1024 characters; shorten it")
        .regex(/^\/[!-~]*$/, "must be a path; write for example /health")
        .exactOptional(),
    }),
  ]),
);
