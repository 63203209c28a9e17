// A Pulumi program, which previewed.ts runs: registers the objects of a file, each under its number in the file.
import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../../policies/judgement/judge.ts";
import type { Settings } from "../../policies/judgement/verdict.ts";
import { rules } from "../../policies/rules/index.ts";
import { Policies } from "../../stacks/delivery/pulumi/policies.ts";
import { notYetKnown, secret } from "./marks.ts";

class Registered extends pulumi.CustomResource {}

const { settings, objects } = JSON.parse(readFileSync(process.env.REGISTERED as string, "utf8")) as {
  settings: Settings;
  objects: KubernetesObject[];
};

const account = new Registered("kubernetes:core/v1:ServiceAccount", "account", {
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { name: "account", namespace: "default" },
});

new Policies(pulumi.getStack(), settings, rules);
for (const [number, object] of objects.entries())
  new Registered(typeOf(object), String(number), marked(object) as pulumi.Inputs);

function typeOf({ apiVersion, kind }: KubernetesObject): string {
  return `kubernetes:${apiVersion === "v1" ? "core/v1" : apiVersion}:${kind}`;
}

/** A file holds neither what only a deployment gives nor a secret: its marks become such values. */
function marked(value: unknown): unknown {
  if (value === notYetKnown) return account.id;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  if (secret in value) return pulumi.secret(value[secret]);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, marked(field)]));
}
