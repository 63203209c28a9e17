import type { CoreV1Api, V1Pod } from "@kubernetes/client-node";

/** Blots secret values out of a text. */
export type Redact = (text: string) => string;

/** Knows the values of all Secrets that a pod can read, because a crashing program may well print its configuration. */
export async function redactorFor(pod: V1Pod, core: CoreV1Api): Promise<Redact> {
  const namespace = pod.metadata?.namespace ?? "";
  const secrets = await Promise.allSettled(
    secretsOf(pod).map((name) => core.readNamespacedSecret({ name, namespace })),
  );
  return redactor(
    secrets.flatMap((read) => (read.status === "fulfilled" ? secretValues(read.value.data) : [])),
  );
}

/** Blots out the given values, the longest first, since one may contain another. */
export function redactor(values: readonly string[]): Redact {
  const ordered = [...new Set(values)].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((redacted, value) => redacted.replaceAll(value, "[secret]"), text);
}

// The keys of the Service Binding specification that are no secrets: "order" as a database's name must stay readable.
const open: ReadonlySet<string> = new Set([
  "type",
  "provider",
  "host",
  "port",
  "database",
  "username",
  "certificates",
]);

/** The values of a Secret's data that must not be shown. */
export function secretValues(data: Record<string, string> = {}): string[] {
  return Object.entries(data)
    .filter(([key]) => !open.has(key))
    .map(([, value]) => Buffer.from(value, "base64").toString("utf8").trim())
    .filter((value) => value !== "");
}

function secretsOf({ spec }: V1Pod): string[] {
  const mounted = spec?.volumes?.map(({ secret }) => secret?.secretName) ?? [];
  const projected =
    spec?.volumes?.flatMap(({ projected }) => projected?.sources?.map(({ secret }) => secret?.name)) ?? [];
  const environment =
    spec?.containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
      ...envFrom.map(({ secretRef }) => secretRef?.name),
    ]) ?? [];
  return [...new Set([...mounted, ...projected, ...environment])].filter((name) => name !== undefined);
}
