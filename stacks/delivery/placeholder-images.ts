import type { RenderedService } from "../../constructs/index.ts";

/** The digest of no image: `pressurevalve init` writes it until a team has one of its own. */
const noDigest = `@sha256:${"0".repeat(64)}`;

/** What stands in the place of images that are yet to be built, a line each. */
export function placeholderImages(shop: readonly RenderedService[], environment: string): readonly string[] {
  const references = new Set<string>();
  for (const { manifests } of shop) collect(manifests, references);
  return [...references].map(
    (reference) =>
      `${reference} is a placeholder; write the digest of your image into stacks/images.${environment}.json`,
  );
}

/** Into one set: a list a level would take as long as the rendering. */
function collect(value: unknown, found: Set<string>): void {
  if (typeof value === "string" && value.endsWith(noDigest)) found.add(value);
  else if (typeof value === "object" && value !== null)
    for (const item of Object.values(value)) collect(item, found);
}
