import type { Concern, FieldProblem } from "./concern.ts";
import type { Environment } from "./environment.ts";
import { dnsLabel } from "./names.ts";
import { didYouMean } from "./problem.ts";

export interface ResolvedImage {
  /** The image's name in stacks/images.<environment>.json. */
  readonly name: string;
  /** What the kubelet pulls. Kubernetes: containers[].image */
  readonly reference: string;
  /** The reference's tag, or the beginning of its digest, for people. */
  readonly version: string;
}

export const image: Concern<string | undefined, ResolvedImage> = {
  schema: dnsLabel.optional(),
  resolve: (described, { name, environment: { images } }) => {
    const imageName = described ?? name;
    const reference = Object.hasOwn(images, imageName) ? (images[imageName] ?? "") : "";
    return { name: imageName, reference, version: imageVersion(reference) };
  },
  check: ({ image: { name, reference } }, { environment }) => {
    const file = `stacks/images.${environment.name}.json`;
    if (reference === "") {
      const remedy = didYouMean(name, Object.keys(environment.images), missing[environment.unpinnedImages]);
      return [{ field: "image", value: name, rule: `but ${file} has no such image`, remedy }];
    }
    return referenceProblems("image", reference, environment, file);
  },
};

/** What to do about an image that is not listed. */
const missing = {
  allowed: "write its reference there, or let npm start write that of dev",
  refused: "write its reference with its @sha256: digest there, or with one of zeros until there is an image",
};

/** What is wrong with an image reference in an environment. */
export function referenceProblems(
  field: string,
  reference: string,
  { name, unpinnedImages }: Environment,
  file: string,
): FieldProblem[] {
  if (!wellFormed.test(reference)) {
    const rule = "but must be an image reference";
    return [{ field, value: reference, rule, remedy: `mend it in ${file}` }];
  }
  if (unpinnedImages === "refused" && !pinned.test(reference)) {
    const rule = `but ${name} takes pinned images only`;
    return [{ field, value: reference, rule, remedy: `write it with its @sha256: digest in ${file}` }];
  }
  return [];
}

// The grammar of https://github.com/distribution/reference, host optional.
const wellFormed =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
const pinned = /@sha256:[0-9a-f]{64}$/;

/** The tag, else twelve characters of the digest, as a valid label value. */
function imageVersion(reference: string): string {
  const [named = "", digest] = reference.split("@sha256:", 2);
  const tag = /:([^:/]+)$/.exec(named)?.[1]?.slice(0, 63);
  // A tag may begin and end with signs that a label value may not.
  return tag?.replace(/^[^a-zA-Z0-9]+|[^a-zA-Z0-9]+$/g, "") || digest?.slice(0, 12) || "latest";
}
