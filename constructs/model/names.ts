import { createHash } from "node:crypto";
import { z } from "zod";
import type { Environment } from "./environment.ts";

/** Longest service name that leaves room for what is made from it (`<name>-smoke-test-1`, a CronJob's 52 characters). */
export const longestServiceName = 30;

/** A DNS label (RFC 1123), short enough for the names that are made from it. */
export const dnsLabel = z
  .string()
  .regex(
    new RegExp(`^(?=.{1,${longestServiceName}}$)[a-z]([-a-z0-9]*[a-z0-9])?$`),
    `must be a DNS label of at most ${longestServiceName} characters; use lower-case letters, digits and inner dashes, and begin with a letter`,
  );

/** A DNS label of any length that Kubernetes takes: a name of the platform's. */
export const platformLabel = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    "must be a DNS label; use lower-case letters, digits and inner dashes",
  );

/** A service's name. */
export const serviceName = dnsLabel.refine(
  (name) => name !== "constructor",
  // https://github.com/aws/constructs finds it on every object's prototype, and takes it for a child's id.
  "must not be constructor, which the constructs library keeps for itself; choose another name",
);

/** The namespace of a service in an environment. */
export function namespaceOf(environment: Environment, service: string): string {
  return `${environment.namespacePrefix}${service}`;
}

/** A Service as the registry of the mesh calls it. */
export function hostOf(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/** A short digest for names of what is immutable once made. */
export function contentHash(...content: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 10);
}
