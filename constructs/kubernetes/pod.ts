import type {
  V1Container,
  V1EnvVar,
  V1PodTemplateSpec,
  V1ResourceRequirements,
  V1TopologySpreadConstraint,
  V1Volume,
  V1VolumeMount,
} from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { serviceAccount } from "./identity.ts";
import { type Component, labels, selectorLabels } from "./metadata.ts";

/** The user that all containers run as: distroless' "nonroot". */
const nonRoot = 65532;

/** What a concern adds to a pod's container. */
export interface ContainerPart {
  readonly env?: readonly V1EnvVar[];
  readonly volumes?: readonly V1Volume[];
  readonly volumeMounts?: readonly V1VolumeMount[];
}

type Hardened = "securityContext" | "env" | "volumeMounts" | "imagePullPolicy";

/** A container and what its pod needs around it. */
export interface PodContent {
  readonly container: Omit<V1Container, Hardened>;
  readonly parts: readonly ContainerPart[];
  readonly terminationGracePeriodSeconds?: number;
  readonly restartPolicy?: "Never";
  readonly topologySpreadConstraints?: V1TopologySpreadConstraint[];
  readonly annotations?: Record<string, string>;
}

/** A pod of one container that the restricted Pod Security Standard admits: no root, no rights, no writable image. */
export function podTemplate(
  service: ResolvedService,
  component: Component,
  content: PodContent,
): V1PodTemplateSpec {
  const { container, parts, annotations, ...pod } = content;
  const env = parts.flatMap((part) => part.env ?? []);
  return {
    metadata: {
      labels: { ...labels(service), ...selectorLabels(service, component) },
      ...(annotations && { annotations }),
    },
    spec: {
      serviceAccountName: serviceAccount(service, component),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...pod,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: nonRoot,
        runAsGroup: nonRoot,
        fsGroup: nonRoot,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          ...container,
          ...(container.command && { command: container.command.map(verbatim) }),
          ...(container.args && { args: container.args.map(verbatim) }),
          imagePullPolicy: "IfNotPresent",
          ...(env.length > 0 && { env: env.map(verbatimVariable) }),
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            ...parts.flatMap((part) => part.volumeMounts ?? []),
          ],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        ...parts.flatMap((part) => part.volumes ?? []),
      ],
    },
  };
}

/** Requests of CPU and memory, and a memory limit. No CPU limit: a throttled container is slow while the node idles. */
export function containerResources(cpu: string, memory: string): V1ResourceRequirements {
  return { requests: { cpu, memory }, limits: { memory } };
}

/** The kubelet expands $(NAME) and takes $$ for $; a description means what it says. */
function verbatim(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function verbatimVariable(variable: V1EnvVar): V1EnvVar {
  return { ...variable, ...(variable.value !== undefined && { value: verbatim(variable.value) }) };
}
