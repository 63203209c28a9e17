import type { V1LabelSelector } from "@kubernetes/client-node";
import type { Manifest } from "../../../constructs/index.ts";
import { memoised } from "./memoised.ts";

/** An object with what is said of it, as upstream has it. */
export interface Found<Spec> {
  readonly namespace: string;
  readonly name: string;
  readonly spec: Spec;
}

/** The objects of a kind. */
export function specs<Spec>(objects: readonly Manifest[], kind: string): readonly Found<Spec>[] {
  return (byKind(objects).get(kind) ?? []) as Found<Spec>[];
}

/** Each pair of pods asks for the same few kinds. */
const byKind = memoised((objects: readonly Manifest[]) =>
  Map.groupBy(objects.map(found), ({ kind }) => kind),
);

function found({ kind, metadata, spec }: Manifest): Found<unknown> & { kind: string } {
  return { kind, namespace: metadata.namespace ?? "default", name: metadata.name, spec: spec ?? {} };
}

/** Whether a selector finds these labels; one that says nothing finds all. */
export function selects(
  { matchLabels, matchExpressions }: V1LabelSelector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === "In") return value !== undefined && values.includes(value);
      if (operator === "NotIn") return value === undefined || !values.includes(value);
      return (value !== undefined) === (operator === "Exists");
    })
  );
}

/** A selector as people write it: `app=a,tier in (b, c)`. */
export function spellSelector({ matchLabels, matchExpressions }: V1LabelSelector): string {
  const parts = [
    ...Object.entries(matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(matchExpressions ?? []).map(
      ({ key, operator, values }) =>
        `${key} ${operator.toLowerCase()}${values?.length ? ` (${values.join(", ")})` : ""}`,
    ),
  ];
  return parts.sort().join(",") || "*";
}

/** The labels of a namespace; the API server adds its name. */
export function namespaceLabels(objects: readonly Manifest[], name: string): Record<string, string> {
  return { ...ownLabels(objects).get(name), [nameLabel]: name };
}

const ownLabels = memoised(
  (objects: readonly Manifest[]) =>
    new Map(
      objects
        .filter(({ kind }) => kind === "Namespace")
        .map(({ metadata }) => [metadata.name, metadata.labels ?? {}]),
    ),
);

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name */
export const nameLabel = "kubernetes.io/metadata.name";
