/** An object as far as its owner goes. */
export interface Labelled {
  metadata?: { labels?: Record<string, string> };
}

/** Says of a live object that PressureValve made it; every object of a service carries it. */
export const ourLabel = { name: "app.kubernetes.io/managed-by", value: "pressurevalve" };

export function isOurs({ metadata }: Labelled): boolean {
  return metadata?.labels?.[ourLabel.name] === ourLabel.value;
}
