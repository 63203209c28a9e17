import { everyContainer, podKinds, pods } from "./pods.ts";
import type { Rule, Validation } from "./rule.ts";

/**
 * Every container says what it needs, and how much memory it may take. No CPU limit is demanded: it would
 * throttle a container while CPU lies idle beside it, just when a burst arrives, and requests already share
 * out the CPU fairly when there is too little. Memory cannot be taken back, so there the limit is what keeps
 * one leak from evicting the neighbours.
 */
export const requestsAndLimits: Rule = {
  name: "requests-and-limits",
  description: "Every container requests CPU and memory and limits its memory.",
  why: "The scheduler and the autoscaler count requests; without a limit, one leak takes the node's memory.",
  matchConstraints: podKinds,
  variables: [pods],
  validations: [quantity("requests.cpu"), quantity("requests.memory"), quantity("limits.memory")],
};

/** An ephemeral container cannot have resources, so those of the pod's spec are told apart by that. */
function quantity(field: string): Validation {
  const [list, resource] = field.split(".");
  return everyContainer(
    `(container in pod.spec.?ephemeralContainers.orValue([]))
      || !string(container.?resources.?${list}.?${resource}.orValue(0)).matches("^0+([.]0*)?[A-Za-z]*$")`,
    `resources.${field} is missing or zero; set it`,
  );
}
