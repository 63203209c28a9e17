import * as pulumi from "@pulumi/pulumi";
import { type Settings, settingsType } from "../../../policies/index.ts";

/**
 * Tells a policy pack by what the stack is judged, in the only words that reach it: those of a resource. It stands for
 * nothing in the cluster.
 */
export class Policies extends pulumi.ComponentResource {
  constructor(environment: string, { today: _, ...settings }: Settings) {
    super(settingsType, environment, settings);
    this.registerOutputs({});
  }
}
