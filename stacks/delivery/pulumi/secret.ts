import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Manifest, RequiredSecret } from "../../../constructs/kubernetes/manifest.ts";
import { kubernetesObject } from "./object.ts";

/**
 * A Secret whose payload is made once, when the Secret is created, and lives encrypted in the state from then on.
 * Every later run offers a fresh password, which `ignoreChanges` turns away.
 */
export function generatedSecret(
  required: RequiredSecret,
  generate: (password: string) => Record<string, string>,
  options: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  const manifest: Manifest = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: required.name, namespace: required.namespace, labels: required.labels },
    type: required.type,
    stringData: pulumi.secret(generate(password())),
  };
  return kubernetesObject(manifest, {
    ...options,
    ignoreChanges: payload,
    additionalSecretOutputs: payload,
  });
}

// The API server turns `stringData` into `data`, so the payload is known by both names.
const payload = ["data", "stringData"];

function password(): string {
  return randomBytes(24).toString("base64url");
}
