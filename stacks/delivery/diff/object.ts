import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** What tells an object of a cluster from all others, and the version in which it is written. */
export interface ObjectName {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export function objectName({ apiVersion, kind, metadata: { name, namespace } }: Manifest): ObjectName {
  return { apiVersion, kind, ...(namespace !== undefined && { namespace }), name };
}

/** `Rollout production-order/order` */
export function spellObject({ kind, namespace, name }: Omit<ObjectName, "apiVersion">): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

/** The kind with its API group, `apps/Deployment`: another version of a group is still the same object. */
export function groupKind({ apiVersion, kind }: Pick<ObjectName, "apiVersion" | "kind">): string {
  return apiVersion.includes("/") ? `${apiVersion.split("/")[0]}/${kind}` : kind;
}

/** The same text for the same object, in whichever version of its group it is written. */
export function identity(object: ObjectName): string {
  return JSON.stringify([groupKind(object), object.namespace, object.name]);
}

/** What is left of a name without the digest of its content at its end; nothing where there is none. */
export function stem(name: string): string | undefined {
  return /^(.+)-[0-9a-f]{8,}$/.exec(name)?.[1];
}

/** What the API server writes into an object, and what says nothing: neither is anybody's wish. */
export function asWished(manifest: Manifest): JsonObject {
  const { status: _, ...wish } = withoutNulls(JSON.parse(JSON.stringify(manifest))) as JsonObject;
  return { ...wish, metadata: metadataAsWished(wish.metadata as JsonObject) };
}

const serverMetadata = [
  "creationTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "selfLink",
  "uid",
];
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

function metadataAsWished({ annotations, ...metadata }: JsonObject): JsonObject {
  const fields = Object.entries(metadata).filter(([field]) => !serverMetadata.includes(field));
  const notes = Object.entries(isObject(annotations) ? annotations : {}).filter(
    ([key]) => key !== lastApplied,
  );
  return {
    ...Object.fromEntries(fields),
    ...(notes.length > 0 && { annotations: Object.fromEntries(notes) }),
  };
}

/** Kubernetes takes a null for a field that is not there. */
function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(kept.map(([field, part]) => [field, withoutNulls(part)]));
}

const hidden = "[secret]";
const hiddenToo = "[another secret]";

/** Puts words in the place of a Secret's values, the same words where both sides have the same value. */
export function hideSecrets(before: JsonObject, after: JsonObject): [JsonObject, JsonObject] {
  if (groupKindOf(after) !== "Secret") return [before, after];
  const [old, fresh] = [payload(before), payload(after)];
  const isSame = (key: string) => old.get(key) === fresh.get(key);
  return [
    withPayload(before, () => hidden),
    withPayload(after, (key) => (!old.has(key) || isSame(key) ? hidden : hiddenToo)),
  ];
}

function groupKindOf({ apiVersion, kind }: JsonObject): string {
  return groupKind({ apiVersion: String(apiVersion), kind: String(kind) });
}

/** The decoded values of a Secret by key; `stringData` wins, as in Kubernetes. */
function payload({ data, stringData }: JsonObject): Map<string, string> {
  const decoded = entries(data).map(
    ([key, value]) => [key, Buffer.from(value, "base64").toString()] as const,
  );
  return new Map([...decoded, ...entries(stringData)]);
}

/** Both ways of writing a payload become one. */
function withPayload(
  { data, stringData, ...secret }: JsonObject,
  shown: (key: string) => string,
): JsonObject {
  const keys = new Set([...entries(data), ...entries(stringData)].map(([key]) => key));
  if (keys.size === 0) return secret;
  return { ...secret, data: Object.fromEntries([...keys].map((key) => [key, shown(key)])) };
}

function entries(values: Json | undefined): [string, string][] {
  return Object.entries(isObject(values) ? values : {}).map(([key, value]) => [key, String(value)]);
}
