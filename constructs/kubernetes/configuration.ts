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
      // Nobody changes files under running pods; and kubelets need not watch what cannot change.
      // https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable
      immutable: true,
      data: files.data,
    }),
  ];
}

/** Settings as environment variables, and files where the twelve-factor way ends; both are part of the pod template. */
export function configurationPart({ configuration: { env, files } }: ResolvedService): ContainerPart {
  return {
    env: Object.entries(env).map(([name, value]) => ({ name, value })),
    ...(files && {
      // The name carries the content, so a change makes new pods, and an undo finds the old files.
      volumes: [{ name: "configuration", configMap: { name: files.name } }],
      volumeMounts: [{ name: "configuration", mountPath: files.directory, readOnly: true }],
    }),
  };
}
