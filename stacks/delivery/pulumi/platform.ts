import * as pulumi from "@pulumi/pulumi";
import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { kubernetesObject } from "./object.ts";

/** What an environment needs of its cluster: a component whose children are the admission policies. */
export class Platform extends pulumi.ComponentResource {
  constructor(environment: string, manifests: readonly Manifest[]) {
    super("pressurevalve:index:Platform", environment);
    for (const manifest of manifests) kubernetesObject(manifest, { parent: this });
    this.registerOutputs({});
  }
}
