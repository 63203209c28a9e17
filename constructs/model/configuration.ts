import { z } from "zod";
import type { Concern, FieldProblem } from "./concern.ts";
import { contentHash } from "./names.ts";
import type { ResolvedService } from "./resolve.ts";
import { fields, record } from "./shape.ts";

/** Settings that are no secret. */
export interface Configuration {
  /**
   * Environment variables: capitals, digits and underscores, 64 KiB in all, and none that the kit sets itself. They are
   * part of the pod template, so that an undo restores them. Omitted: none.
   * Kubernetes: [containers[].env](https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/)
   */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Files under `/etc/<service>/`, by name, 200 KiB in all. A change makes a new ConfigMap and so a new version of the
   * service; the old one stays for the way back. Omitted: none.
   * Kubernetes: [an immutable ConfigMap](https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable) whose name carries its content
   */
  readonly files?: Readonly<Record<string, string>>;
}

export interface ResolvedConfiguration {
  readonly env: Readonly<Record<string, string>>;
  readonly files?: {
    readonly name: string;
    readonly directory: string;
    readonly data: Readonly<Record<string, string>>;
  };
}

const text = z.string().regex(/^[^\0]*$/, "must hold no NUL; remove it");

const variableName = z
  .string()
  .max(256, "must have at most 256 characters; shorten it")
  .regex(/^[A-Z_][A-Z0-9_]*$/, "must be a variable's name; use capitals, digits and underscores");

const fileName = z
  .string()
  .max(253, "must have at most 253 characters; shorten it")
  .regex(
    /^(?!\.{1,2}$)(?!\.\.)[-._a-zA-Z0-9]+$/,
    "must be a file's name; use letters, digits, dots, dashes and underscores",
  );

// kubectl apply keeps a copy of the object in an annotation, and all annotations have 256 KiB.
const largestFiles = 200 * 1024;

const files = record(fileName, text).refine(
  (data) => bytes(data) <= largestFiles,
  "must have at most 200 KiB in all; keep larger data in a store",
);

// Linux hands them to the process together with its arguments, and the pod template repeats them.
const largestEnv = 64 * 1024;

const env = record(variableName, text).refine(
  (variables) => bytes(variables) <= largestEnv,
  "must have at most 64 KiB in all; put larger settings into files",
);

function bytes(data: Readonly<Record<string, string>>): number {
  return Object.entries(data).reduce((sum, entry) => sum + Buffer.byteLength(entry.join("")), 0);
}

export const configuration: Concern<Configuration | undefined, ResolvedConfiguration> = {
  schema: fields({
    env: env.exactOptional(),
    files: files.exactOptional(),
  }).optional(),
  resolve: (described, { name }) => ({
    env: described?.env ?? {},
    ...(described?.files &&
      Object.keys(described.files).length > 0 && {
        files: {
          // Immutable things are named by their content: a change is a new object.
          name: `${name}-configuration-${contentHash(described.files)}`,
          // Where the Filesystem Hierarchy Standard puts a program's own settings.
          // https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch03s07.html
          directory: `/etc/${name}`,
          data: { ...described.files },
        },
      }),
  }),
  check: reservedVariables,
};

/** The variables that the kit itself tells the container. */
function reservedVariables(service: ResolvedService): FieldProblem[] {
  const reserved = new Set([
    "PORT",
    "PROTOCOL",
    "REQUESTS",
    "OTEL_SERVICE_NAME",
    "SERVICE_BINDING_ROOT",
    ...service.calls.flatMap(({ callee, external }) => [
      ...Object.values(callVariables(callee)),
      ...(external?.registry === "eureka" ? Object.values(eurekaVariables) : []),
    ]),
  ]);
  return Object.keys(service.configuration.env)
    .filter((variable) => reserved.has(variable))
    .map((variable) => ({
      field: `configuration.env.${variable}`,
      rule: "is set by the kit",
      remedy: "choose another name",
    }));
}

/**
 * Names of the variables that Spring reads for a Eureka client.
 * https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.typesafe-configuration-properties.relaxed-binding.environment-variables
 */
export const eurekaVariables = {
  server: "EUREKA_CLIENT_SERVICEURL_DEFAULTZONE",
  hostname: "EUREKA_INSTANCE_HOSTNAME",
  preferIpAddress: "EUREKA_INSTANCE_PREFERIPADDRESS",
} as const;

/** Names of the variables that tell a container how to call another service. */
export function callVariables(callee: string) {
  const stem = callee.toUpperCase().replaceAll("-", "_");
  return {
    url: `${stem}_URL`,
    protocol: `${stem}_PROTOCOL`,
    requests: `${stem}_REQUESTS`,
    timeout: `${stem}_TIMEOUT`,
    attempts: `${stem}_ATTEMPTS`,
  };
}
