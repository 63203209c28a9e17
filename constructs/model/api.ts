import { z } from "zod";
import type { Concern } from "./concern.ts";
import { namespaceOf } from "./names.ts";
import { fields } from "./shape.ts";

/** An HTTP API that other services call by reference (`inventory.api`). */
export interface RestApi {
  readonly kind: "rest";
  /**
   * Where the container listens, told to it as `PORT`. 1024 to 65535, because a container without root listens above 1023.
   * Kubernetes: [containers[].ports[].containerPort](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)
   */
  readonly port: number;
}

export interface ResolvedApi extends RestApi {
  /** Where callers find it. */
  readonly url: string;
}

/** The API of one service, to be called: `call(inventory.api)`. */
export class ApiReference {
  /** The service that serves it. */
  readonly service: string;

  constructor(service: string) {
    this.service = service;
  }
}

/**
 * Describes a REST API over HTTP.
 * @example
 * api: rest({ port: 3000 })
 */
export function rest(api: Omit<RestApi, "kind">): RestApi {
  return { kind: "rest", ...api };
}

const portNumber = z
  .int({ error: "must be a whole number; give the port that the container listens on", abort: true })
  .min(1024, "must be at least 1024; a container without root listens above 1023")
  .max(65535, "must be at most 65535; choose a lower port");

export const api: Concern<RestApi, ResolvedApi> = {
  schema: fields(
    { kind: z.literal("rest"), port: portNumber },
    "must be an API; write for example api: rest({ port: 3000 })",
  ),
  resolve: (described, { name, environment }) => ({
    ...described,
    url: apiUrl(name, namespaceOf(environment, name), described.port),
  }),
};

/** The address of an API within the cluster. */
export function apiUrl(service: string, namespace: string, port: number): string {
  return `http://${service}.${namespace}.svc:${port}`;
}
