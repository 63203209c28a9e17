import { Duration, Size } from "cdk8s";
import { z } from "zod";
import { commandArguments } from "./command.ts";
import type { Concern } from "./concern.ts";
import { fields } from "./shape.ts";
import { size, wholeSeconds } from "./units.ts";

/** A PostgreSQL database that this service alone owns: no other service can name it. */
export interface Postgres {
  readonly kind: "postgres";
  /**
   * Storage of the database. 1 GiB to 64 TiB, in whole mebibytes. It counts when the database is made: a volume claim
   * does not grow afterwards. Omitted: 10 GiB.
   * Kubernetes: [volumeClaimTemplates[].spec.resources.requests.storage](https://kubernetes.io/docs/concepts/storage/persistent-volumes/#resources)
   */
  readonly size?: Size;
  /** Brings the schema up to date before a new version starts. Omitted: nothing runs. */
  readonly migrations?: Migrations;
}

/**
 * A Job of the service's own image that must succeed before the new version gets a replica. It runs as the ServiceAccount
 * `<service>-migration`: it may use the database and call nobody, is told of no callee, and where a role of the
 * cloud admits the service to the database, it needs one of its own.
 */
export interface Migrations {
  /**
   * Arguments for the image's entrypoint; 1 to 64. What they run must be safe to run again, and must leave a schema that
   * the running version can live with.
   * Kubernetes: [containers[].args](https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/)
   */
  readonly args: readonly string[];
  /**
   * How long the migration may take before it has failed, and the update with it. 10 s to 24 h, in whole seconds.
   * Omitted: the environment's progressDeadline.
   * Kubernetes: [activeDeadlineSeconds](https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup)
   */
  readonly deadline?: Duration;
}

/** What stands behind a database in an environment. */
export type DatabaseStore = StatefulSetStore | ManagedStore;

/** One pod of a StatefulSet, with a generated password. */
export interface StatefulSetStore {
  readonly kind: "statefulset";
  /**
   * Image of PostgreSQL; pinned by digest where the environment refuses unpinned images.
   * Kubernetes: [containers[].image](https://kubernetes.io/docs/concepts/containers/images/#image-names)
   */
  readonly image: string;
}

/** A database that exists already; its binding Secret is filled by others. */
export interface ManagedStore {
  readonly kind: "managed";
  /**
   * CIDR ranges in which the databases answer, at least one; what the service and its migrations may reach there.
   * Kubernetes: [NetworkPolicy egress[].to[].ipBlock](https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors)
   */
  readonly subnets: readonly string[];
}

export interface ResolvedDatabase {
  readonly kind: "postgres";
  readonly size: Size;
  readonly migrations?: Required<Migrations>;
  readonly store: DatabaseStore;
  /** Name of the store's objects, of its host, and of the Secret that binds the service to it. */
  readonly name: string;
  readonly port: number;
}

/**
 * Describes a PostgreSQL database. The service finds host, user and password as files under
 * `$SERVICE_BINDING_ROOT/database/` ([Service Binding](https://servicebinding.io)).
 * @example
 * database: postgres({ size: Size.gibibytes(20), migrations: { args: ["migrate"] } })
 */
export function postgres(database: Omit<Postgres, "kind"> = {}): Postgres {
  return { kind: "postgres", ...database };
}

export const database: Concern<Postgres | undefined, ResolvedDatabase | undefined> = {
  schema: fields({
    kind: z.literal("postgres"),
    size: size({ min: Size.gibibytes(1), max: Size.tebibytes(64) }, "Size.gibibytes(20)").exactOptional(),
    migrations: fields({
      args: commandArguments,
      deadline: wholeSeconds({ min: Duration.seconds(10), max: Duration.hours(24) }).exactOptional(),
    }).exactOptional(),
  }).optional(),
  resolve: (described, { name, environment }) =>
    described && {
      kind: described.kind,
      // Little enough to cost little, and enough to notice in time that more is wanted.
      size: described.size ?? Size.gibibytes(10),
      ...(described.migrations && {
        migrations: { deadline: environment.progressDeadline, ...described.migrations },
      }),
      store: environment.stores.postgres,
      // Beside the service's own name, under which its API is found.
      name: `${name}-database`,
      // PostgreSQL's own, registered with IANA: clients take it without being told.
      port: 5432,
    },
};
