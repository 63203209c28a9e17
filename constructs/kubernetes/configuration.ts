import type { V1ConfigMap } from "@kubernetes/client-node";
import type { ResolvedService } from "../model/resolve.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { keep, metadata } from "./metadata.ts";
import type { ContainerPart } from "./pod.ts";

/** An immutable ConfigMap named by its content: old and new version of a service each keep their own. */
export function configurationManifests(service: ResolvedService): Manifest[] {
  const { files } = service.configuration;
  if (!files) return [];
  return [
    manifest<V1ConfigMap>("v1", "ConfigMap", metadata(service, files.name, "foundation", keep), {
      immutable: true,
      data: files.data,
    }),
  ];
}

export function configurationPart({ configuration: { env, files } }: ResolvedService): ContainerPart {
  return {
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    ...(files && {
      volumes: [{ name: "configuration", configMap: { name: files.name } }],
      volumeMounts: [{ name: "configuration", mountPath: files.directory, readOnly: true }],
    }),
  };
}
