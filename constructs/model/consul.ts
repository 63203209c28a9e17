import { z } from "zod";
import type { Environment } from "./environment.ts";
import { didYouMean, type Problem } from "./problem.ts";
import { fields, record } from "./shape.ts";

/** How a service of ours stands in Consul's catalog. */
export interface ConsulEntry {
  /**
   * Its name there: a DNS label of at most 63 characters. Omitted: the service's name.
   * Consul: [consul.hashicorp.com/service-name](https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels)
   */
  readonly name?: string;
  /**
   * Its tags there, without commas. Omitted: none.
   * Consul: [consul.hashicorp.com/service-tags](https://developer.hashicorp.com/consul/docs/k8s/annotations-and-labels)
   */
  readonly tags?: readonly string[];
}

export const consulEntries = record(
  z.string(),
  fields({
    name: z
      .string()
      .regex(
        /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
        "must be a DNS label; use lower-case letters, digits and inner dashes",
      )
      .exactOptional(),
    tags: z
      .array(z.string().regex(/^[!-+\--~]+$/, "must be a word without commas; write for example v1"))
      .exactOptional(),
  }),
);

/** Entries for services that the shop does not have. */
export function unknownConsulEntries(
  names: ReadonlySet<string>,
  { name: environment, consul = {} }: Environment,
): Problem[] {
  return Object.keys(consul)
    .filter((name) => !names.has(name))
    .map((name) => ({
      service: `environment ${environment}`,
      field: `consul.${name}`,
      rule: "names no service",
      remedy: didYouMean(name, names, "take it out"),
    }));
}
