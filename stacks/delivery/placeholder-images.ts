import type { RenderedService } from "../../constructs/index.ts";

/** The digest of no image: `pressurevalve init` writes it until a team has one of its own. */
const noDigest = `@sha256:${"0".repeat(64)}`;

/** What stands in the place of images that are yet to be built, a line each. */
export function placeholderImages(shop: readonly RenderedService[], environment: string): readonly string[] {
  const references = new Set(shop.flatMap(({ manifests }) => placeholders(manifests)));
  return [...references].map(
    (reference) =>
      `${reference} is a placeholder; write the digest of your image into stacks/images.${environment}.json`,
  );
}

function placeholders(value: unknown): string[] {
  if (typeof value === "string") return value.endsWith(noDigest) ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(placeholders) : [];
}
