import type { V1Container, V1Probe } from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { seconds } from "../model/units.ts";

const startupPeriodSeconds = 2;

/** The three probes; each can fail for a moment without consequence. */
export function probes({
  probes,
}: ResolvedService): Pick<V1Container, "startupProbe" | "readinessProbe" | "livenessProbe"> {
  return {
    startupProbe: {
      ...http(probes.startup),
      periodSeconds: startupPeriodSeconds,
      failureThreshold: Math.ceil(seconds(probes.startupTimeout) / startupPeriodSeconds),
    },
    readinessProbe: { ...http(probes.readiness), periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...http(probes.liveness), periodSeconds: 10, failureThreshold: 3 },
  };
}

function http(path: string): V1Probe {
  return { httpGet: { path, port: "http" }, timeoutSeconds: 2 };
}
