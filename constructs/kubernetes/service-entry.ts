import type { IServiceEntry } from "@kubernetes-models/istio/networking.istio.io/v1/ServiceEntry";
import type { ResolvedService } from "../model/resolve.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";

type ServiceEntry = Omit<NonNullable<IServiceEntry["spec"]>, "location" | "exportTo">;

/**
 * What stands outside the cluster is unknown to the mesh until it is named; for this namespace alone, since others have
 * theirs by the same name or at the same addresses.
 * https://istio.io/latest/docs/reference/config/networking/service-entry/
 */
export function serviceEntry(service: ResolvedService, name: string, spec: ServiceEntry): Manifest {
  return manifest<{ spec: NonNullable<IServiceEntry["spec"]> }>(
    "networking.istio.io/v1",
    "ServiceEntry",
    metadata(service, name, "foundation"),
    { spec: { ...spec, location: "MESH_EXTERNAL", exportTo: ["."] } },
  );
}
