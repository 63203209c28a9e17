import { z } from "zod";
import { fields } from "./shape.ts";

/** Who carries the calls between services, and keeps to what their descriptions say of them. */
export type Mesh = IstioMesh | NoMesh;

/** Istio's sidecars: they prove who asks, refuse what nobody declared, and retry. */
export interface IstioMesh {
  readonly kind: "istio";
  /**
   * The domain of the identities that istiod signs, e.g. `cluster.local`.
   * Istio: [meshConfig.trustDomain](https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-trust_domain)
   */
  readonly trustDomain: string;
}

/** The services call each other directly, and their own clients keep to timeouts and attempts. */
export interface NoMesh {
  readonly kind: "none";
}

export const meshSchema = z.discriminatedUnion("kind", [
  fields({
    kind: z.literal("istio"),
    trustDomain: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9.]{0,253}[a-z0-9])?$/, "must be a domain; write for example cluster.local"),
  }),
  fields({ kind: z.literal("none") }),
]);
