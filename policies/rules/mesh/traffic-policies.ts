import type { Variable } from "../../rule.ts";

const ports = (policy: string) => `${policy}.?portLevelSettings.orValue([])`;

/** `variables.subsets`: the traffic policies of a DestinationRule's subsets. */
const subsets: Variable = {
  name: "subsets",
  expression: `object.?spec.?subsets.orValue([]).filter(s, s.?trafficPolicy.hasValue()).map(s, s.trafficPolicy)`,
};

/**
 * `variables.ports`: the settings of single ports, which inherit nothing, as a list for each traffic policy.
 * https://istio.io/latest/docs/reference/config/networking/destination-rule/#TrafficPolicy
 */
const portSettings: Variable = {
  name: "ports",
  expression: `[${ports("object.?spec.?trafficPolicy")}] + variables.subsets.map(policy, ${ports("policy")})`,
};

/** Where a DestinationRule says how its hosts are spoken to, besides spec.trafficPolicy. */
export const trafficPolicies: readonly Variable[] = [subsets, portSettings];
