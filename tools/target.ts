import { KubeConfig } from "@kubernetes/client-node";
import { Fault } from "./fault.ts";

/** A cluster that someone else runs, or the local one. */
export interface Target {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly context: string;
}

/**
 * The target that a kubeconfig and a context name; without a context, the current one.
 * @throws Fault when the file cannot be read or has no such context
 */
export function target(kubeconfig: string, context?: string): Target {
  const config = load(kubeconfig);
  const name = context ?? config.getCurrentContext();
  if (config.getContextObject(name)) return { kubeconfig, context: name };
  const known = config.getContexts().map(({ name: known }) => known);
  throw new Fault(
    `${kubeconfig} has no context ${name || "that is current"}; choose one of ${known.join(", ") || "none"} with --context`,
    1,
  );
}

/**
 * The target's credentials, its context being the current one.
 * @throws Fault when the file cannot be read
 */
export function credentials({ kubeconfig, context }: Target): KubeConfig {
  const config = load(kubeconfig);
  config.setCurrentContext(context);
  return config;
}

function load(kubeconfig: string): KubeConfig {
  try {
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    return config;
  } catch (error) {
    throw new Fault(
      `${kubeconfig} cannot be read as a kubeconfig: ${(error as Error).message}; name another with --kubeconfig`,
      1,
    );
  }
}
