import { type ZodType, z } from "zod";
import { dnsLabel } from "./names.ts";
import type { ResolvedRequest } from "./requests.ts";
import { type Shedding, sheddingShape } from "./shedding.ts";
import { type TrafficPolicy, trafficPolicyShape } from "./traffic-policy.ts";

/** What an API says, whatever is spoken at it. */
export interface ServedApi extends TrafficPolicy, Shedding {
  /**
   * Where the container listens, told to it as `PORT`. 1024 to 65535, because a container without root listens above 1023.
   * Kubernetes: [containers[].ports[].containerPort](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)
   */
  readonly port: number;
  /**
   * The teams whose services may call it, besides its owner's own. Omitted: no other team's.
   * @example
   * callers: ["checkout", "rental"]
   */
  readonly callers?: readonly string[];
}

/** What tells one kind of API from the others. */
export interface ApiKind<Described> {
  readonly schema: ZodType<Described>;
  /** What it may be asked, where the description names it. */
  readonly requests: (api: Described) => readonly ResolvedRequest[] | undefined;
  /** What it is asked where the description names nothing. */
  readonly anything: readonly ResolvedRequest[];
  /** What the world outside may ask. */
  readonly public: (api: Described) => readonly ResolvedRequest[];
  /** Where clients find it, in their own spelling. */
  readonly url: (authority: string, api: Described) => string;
  /** Whether the description says what it may be asked, or the kind does. */
  readonly saysRequests: boolean;
}

/** The fields of every API. */
export const servedShape = {
  port: z
    .int({ error: "must be a whole number; give the port that the container listens on", abort: true })
    .min(1024, "must be at least 1024; a container without root listens above 1023")
    .max(65535, "must be at most 65535; choose a lower port"),
  callers: z.array(dnsLabel).exactOptional(),
  ...trafficPolicyShape,
  ...sheddingShape,
};
