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

/**
 * The user that all containers run as: distroless' "nonroot". A number, because the kubelet cannot tell whether a name
 * is root; above 10000, so that it is no user of the node.
 */
const nonRoot = 65532;

/** What a concern adds to a pod's container. */
export interface ContainerPart {
  readonly env?: readonly V1EnvVar[];
  readonly volumes?: readonly V1Volume[];
  readonly volumeMounts?: readonly V1VolumeMount[];
}

type Hardened = "securityContext" | "env" | "volumeMounts" | "imagePullPolicy";

/** A container and what its pod needs around it. */
interface PodContent {
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
      // An identity a service, so that rights are given to it alone.
      serviceAccountName: serviceAccount(service, component),
      // Nothing here talks to the API server, so a container that is broken into finds no token for it.
      automountServiceAccountToken: false,
      // Variables for every Service of the namespace are older than DNS: they can shadow settings, and slow a start down.
      // https://kubernetes.io/docs/tutorials/services/connect-applications-service/#accessing-the-service
      enableServiceLinks: false,
      ...pod,
      securityContext: {
        // The kubelet refuses to start an image as root, whatever the image says.
        runAsNonRoot: true,
        runAsUser: nonRoot,
        runAsGroup: nonRoot,
        // Volumes belong to the group that the container runs as, or it could not write to them.
        fsGroup: nonRoot,
        // Without it a container may make every system call. https://kubernetes.io/docs/tutorials/security/seccomp/
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          ...container,
          ...(container.command && { command: container.command.map(verbatim) }),
          ...(container.args && { args: container.args.map(verbatim) }),
          // A digest never changes, nor does a tag of dev: nobody waits for a registry that is down.
          // https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
          imagePullPolicy: "IfNotPresent",
          ...(env.length > 0 && { env: env.map(verbatimVariable) }),
          volumeMounts: [
            // The image cannot be written to, and most runtimes want some place for temporary files.
            { name: "tmp", mountPath: "/tmp" },
            ...parts.flatMap((part) => part.volumeMounts ?? []),
          ],
          securityContext: {
            // No set-user-id program gains more rights than its caller (no_new_privs).
            allowPrivilegeEscalation: false,
            // Whoever breaks in cannot change the program, nor leave one behind.
            readOnlyRootFilesystem: true,
            // Even without root an image may bring file capabilities along; a service on a port above 1023 needs none.
            // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
      volumes: [
        // With a bound: what fills up is the container's own, and not the node's disk.
        { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
        ...parts.flatMap((part) => part.volumes ?? []),
      ],
    },
  };
}

/**
 * What a pod may fill of its node's disk: its temporary files, and what the kubelet keeps of its logs, five files of
 * 10 MiB each of the container and of its sidecar, with room for what is written before they are rotated. A pod that
 * takes more than it asked for is the first to go when a disk runs full.
 * https://kubernetes.io/docs/concepts/storage/ephemeral-storage/
 */
const disk = { "ephemeral-storage": "256Mi" };

/**
 * Requests of CPU, memory and disk, and limits of the latter two. The limit is the request, so that no replica takes
 * memory or disk on which another one counts. No CPU limit: a throttled container is slow while the node idles.
 */
export function containerResources(cpu: string, memory: string): V1ResourceRequirements {
  return { requests: { cpu, memory, ...disk }, limits: { memory, ...disk } };
}

/** The kubelet expands $(NAME) and takes $$ for $; a description means what it says. */
function verbatim(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** The same for a variable: its value is what was described, with every $ doubled. */
function verbatimVariable(variable: V1EnvVar): V1EnvVar {
  return { ...variable, ...(variable.value !== undefined && { value: verbatim(variable.value) }) };
}
