/** A step down into a value: a field, an item of a list by its place, or one by its merge keys. */
export type Segment = string | number | ItemKey;

/** What tells an item of a list from its neighbours, such as `{ name: "order" }`. */
export interface ItemKey {
  readonly [field: string]: string | number;
}

export type Path = readonly Segment[];

/** `spec.containers[name=order].args[0]`, the way in which Kubernetes' own messages spell it. */
export function spellPath(path: Path): string {
  return path.map(spellSegment).join("").replace(/^\./, "");
}

function spellSegment(segment: Segment): string {
  if (typeof segment === "number") return `[${segment}]`;
  if (typeof segment === "string") return /^[\w-]+$/.test(segment) ? `.${segment}` : `["${segment}"]`;
  const keys = Object.entries(segment).map(([field, value]) => `${field}=${value}`);
  return `[${keys.join(",")}]`;
}
