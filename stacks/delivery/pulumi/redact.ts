import type { CoreV1Api, V1PodSpec } from "@kubernetes/client-node";

/** Blots secret values out of a text. */
type Redact = (text: string) => string;

/** The Secrets of a namespace, as far as they were asked for: a crashing program may well print its configuration. */
export class Secrets {
  readonly #core: Pick<CoreV1Api, "readNamespacedSecret">;
  readonly #namespace: string;
  readonly #values = new Map<string, Promise<string[] | undefined>>();

  constructor(core: Pick<CoreV1Api, "readNamespacedSecret">, namespace: string) {
    this.#core = core;
    this.#namespace = namespace;
  }

  /** Takes note of the Secrets that a pod uses, and names those whose values stay unknown. */
  async learn(pod: V1PodSpec | undefined): Promise<string[]> {
    const names = secretsOf(pod);
    const values = await Promise.all(names.map((name) => this.#read(name)));
    return names.filter((_, index) => values[index] === undefined);
  }

  /** Blots out every value that is known by now. */
  async redactor(): Promise<Redact> {
    const values = await Promise.all(this.#values.values());
    return redactor(values.flatMap((known) => known ?? []));
  }

  #read(name: string): Promise<string[] | undefined> {
    const values =
      this.#values.get(name) ??
      this.#core.readNamespacedSecret({ name, namespace: this.#namespace }).then(
        ({ data }) => secretValues(data),
        () => undefined,
      );
    this.#values.set(name, values);
    return values;
  }
}

/** Blots out the given values and their lines, the longest first, since one may contain another. */
export function redactor(values: readonly string[]): Redact {
  const parts = new Set(values.flatMap((value) => [value, ...longLines(value)]));
  const ordered = [...parts].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((redacted, part) => redacted.replaceAll(part, "[secret]"), text);
}

/** A log shows a key or a certificate line by line. A short line, such as a brace, is no secret. */
function longLines(value: string): string[] {
  return value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.length >= 8);
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

function secretsOf(pod: V1PodSpec | undefined): string[] {
  const { volumes = [], containers = [], initContainers = [] } = pod ?? {};
  const mounted = volumes.flatMap(({ secret, projected }) => [
    secret?.secretName,
    ...(projected?.sources ?? []).map(({ secret }) => secret?.name),
  ]);
  const environment = [...initContainers, ...containers].flatMap(({ env = [], envFrom = [] }) => [
    ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
    ...envFrom.map(({ secretRef }) => secretRef?.name),
  ]);
  return [...new Set([...mounted, ...environment])].filter((name) => name !== undefined);
}
