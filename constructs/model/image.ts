import type { Concern } from "./concern.ts";
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
  resolve: (described, { name, environment }) => {
    const imageName = described ?? name;
    const reference = environment.images[imageName] ?? "";
    return { name: imageName, reference, version: imageVersion(reference) };
  },
  check: ({ image: { name, reference } }, { environment }) => {
    const file = `stacks/images.${environment.name}.json`;
    if (reference === "") {
      const remedy = didYouMean(name, Object.keys(environment.images), `write its reference there`);
      return [{ field: "image", value: name, rule: `but ${file} has no such image`, remedy }];
    }
    if (!wellFormed.test(reference)) {
      return [
        {
          field: "image",
          value: reference,
          rule: `but must be an image reference`,
          remedy: `mend it in ${file}`,
        },
      ];
    }
    if (environment.unpinnedImages === "refused" && !pinned.test(reference)) {
      return [
        {
          field: "image",
          value: reference,
          rule: `but ${environment.name} takes pinned images only`,
          remedy: `write it with its @sha256: digest in ${file}`,
        },
      ];
    }
    return [];
  },
};

// The grammar of https://github.com/distribution/reference, host optional.
const wellFormed =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
const pinned = /@sha256:[0-9a-f]{64}$/;

/** The tag, else twelve characters of the digest, as a valid label value. */
function imageVersion(reference: string): string {
  const tag = /:([\w][\w.-]*)(?:@|$)/.exec(reference.slice(reference.lastIndexOf("/") + 1))?.[1];
  const digest = /@sha256:([0-9a-f]{12})/.exec(reference)?.[1];
  return (
    (tag?.startsWith("sha256") ? undefined : tag)?.slice(0, 63).replace(/[^a-zA-Z0-9]+$/, "") ??
    digest ??
    "latest"
  );
}
