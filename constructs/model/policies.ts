import { z } from "zod";
import { platformLabel } from "./names.ts";
import { day, fields, record } from "./shape.ts";

type PolicyLevel = "advisory" | "mandatory" | "disabled";

/** How the finished objects of an environment are judged. */
export interface Policies {
  /** What follows from a violation: it is told of (`advisory`), or nothing is applied (`mandatory`). */
  readonly level: "advisory" | "mandatory";
  /** Levels of single rules, by id: `{ backups: "disabled" }`. By `disabled` ones nobody is judged. Omitted: all have the one of `level`. */
  readonly levels?: Readonly<Record<string, PolicyLevel>>;
  /** Bounds that rules compare with. Omitted: each has its default. */
  readonly parameters?: PolicyParameters;
  /** What may break a rule for a time, because somebody answers for it. Omitted: nothing. */
  readonly exemptions?: readonly PolicyExemption[];
}

/** Bounds that rules compare with. */
export interface PolicyParameters {
  /** How the name of every image begins, with a `/` at its end: `registry.example/shop/`. Omitted: any registry is allowed. */
  readonly registries?: readonly string[];
  /** The least `minReplicas` of an autoscaler. 1 to 1000. Omitted: 1. */
  readonly minReplicas?: number;
  /** The most pods that a workload or an autoscaler may ask for. 1 to 100000. Omitted: 100. */
  readonly mostReplicas?: number;
  /** The most retries of a route. 0 to 100. Omitted: 9. */
  readonly mostRetries?: number;
  /** The most CPU that a container may request, or be limited to: a quantity, such as `4` or `500m`. Omitted: `16`. */
  readonly mostCpu?: string;
  /** The most memory that a container may request, or be limited to: a quantity, such as `8Gi`. Omitted: `64Gi`. */
  readonly mostMemory?: string;
  /** The largest volume that may be claimed: a quantity, such as `100Gi`. Omitted: `1Ti`. */
  readonly mostStorage?: string;
}

/** One object that may break one rule until a day. */
export interface PolicyExemption {
  /** The id of the rule, as its message begins. */
  readonly rule: string;
  /** The object that breaks it. */
  readonly object: PolicyObject;
  /** Who answers for it. */
  readonly owner: string;
  /** Why: a sentence for the next reader, at most 1000 characters. */
  readonly reason: string;
  /** The last day on which it counts, such as `2027-01-31`. */
  readonly expires: string;
}

/** The object that breaks a rule. */
export interface PolicyObject {
  /** Its kind, such as `Deployment`, whatever its API group: a Gateway of Istio and one of the Gateway API that have one name are exempted alike. */
  readonly kind: string;
  /** Its namespace. Omitted: it is an object of the cluster. */
  readonly namespace?: string;
  /** Its name. */
  readonly name: string;
}

const levels = ["advisory", "mandatory"] as const;

const text = (what: string) =>
  z
    .string()
    .refine((words) => words.trim() !== "", `must not be empty; ${what}`)
    .max(1000, "must have at most 1000 characters; shorten it");

const bound = (min: number, max: number) =>
  z
    .int({ error: "must be a whole number; give one", abort: true })
    .min(min, `must be at least ${min}; raise it`)
    .max(max, `must be at most ${max}; lower it`)
    .exactOptional();

/** Without the `/` it would be how the name of another registry begins as well; a comma parts them in the ConfigMap. */
const registry = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9.:-]*\/([\w.-]+\/)*$/,
    "must be a registry, or a part of one, and end with /; write for example registry.example/shop/",
  );

// The cluster reads a list of lines `Kind/namespace/name`: a name with a line's end would exempt two objects there.
const kind = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]{0,62}$/, "must be a kind; write it as the object does, such as Deployment");

/** What any kind may be called; RBAC's may be `system:node`. */
const objectName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$/, "must be the name of an object; write it as the object does");

/** As Kubernetes writes amounts: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/. */
const quantity = z
  .string()
  .regex(/^\d+(\.\d+)?([mkMGTP]|[KMGTP]i)?$/, "must be a quantity; write for example 8Gi")
  .exactOptional();

/** Shape and ranges; which rules there are, only the policies know. */
export const policiesSchema = fields({
  level: z.literal(levels),
  levels: record(z.string(), z.literal([...levels, "disabled"])).exactOptional(),
  parameters: fields({
    registries: z
      .array(registry)
      .min(1, "must have at least one; leave it out to allow every registry")
      .exactOptional(),
    minReplicas: bound(1, 1000),
    mostReplicas: bound(1, 100_000),
    mostRetries: bound(0, 100),
    mostCpu: quantity,
    mostMemory: quantity,
    mostStorage: quantity,
  }).exactOptional(),
  exemptions: z
    .array(
      fields({
        rule: text("name a rule"),
        object: fields({
          kind,
          namespace: platformLabel.exactOptional(),
          name: objectName,
        }),
        owner: text("say who answers for it"),
        reason: text("say why"),
        expires: day,
      }),
    )
    .exactOptional(),
}).optional();
