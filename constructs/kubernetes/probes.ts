import type { V1Container, V1Probe } from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { seconds } from "../model/units.ts";
import { protocols } from "./protocols.ts";

/** How often a starting replica is asked: one that is ready waits for two seconds at the most. */
const startupPeriodSeconds = 2;

/** The three probes; each can fail for a moment without consequence. */
export function probes({
  probes,
  api,
}: ResolvedService): Pick<V1Container, "startupProbe" | "readinessProbe" | "livenessProbe"> {
  return {
    startupProbe: {
      ...asked(api, probes.startup),
      periodSeconds: startupPeriodSeconds,
      failureThreshold: Math.ceil(seconds(probes.startupTimeout) / startupPeriodSeconds),
    },
    // Out of the way after ten seconds; one slow answer is no reason to send the others more.
    readinessProbe: { ...asked(api, probes.readiness), periodSeconds: 5, failureThreshold: 2 },
    // A restart loses what is in flight, so it takes half a minute without an answer.
    livenessProbe: { ...asked(api, probes.liveness), periodSeconds: 10, failureThreshold: 3 },
  };
}

/**
 * A request that must be answered within two seconds: the default of one fails where a node is busy.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes
 */
function asked({ kind, port }: ResolvedService["api"], question: string): V1Probe {
  return { ...protocols[kind].probe(question, port), timeoutSeconds: 2 };
}
