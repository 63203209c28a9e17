import type { Meshed } from "../mesh-requirements.ts";
import { type Finding, fromFault } from "./finding.ts";

/** A cluster that the user runs. */
export interface OwnClusterFacts {
  /** The contexts of the kubeconfig. */
  readonly contexts: readonly string[];
  /** The one that is meant. */
  readonly context?: string;
  /** Why it cannot take the shop, in the words of `npm start`. */
  readonly fault?: string;
  /** Whether it looks like a cluster for development. */
  readonly isDev: boolean;
}

export async function probeOwnCluster(
  kubeconfig: string,
  context: string | undefined,
  meshed?: Meshed,
): Promise<OwnClusterFacts> {
  const [{ KubeConfig }, { target, credentials }, { isDevContext }, { requirePlatform }, { requireMesh }] =
    await Promise.all([
      import("@kubernetes/client-node"),
      import("../target.ts"),
      import("../dev-context.ts"),
      import("../platform-requirements.ts"),
      import("../mesh-requirements.ts"),
    ]);
  const config = new KubeConfig();
  try {
    const chosen = target(kubeconfig, context);
    config.loadFromFile(kubeconfig);
    const server = credentials(chosen).getCurrentCluster()?.server ?? "";
    const facts = {
      contexts: config.getContexts().map(({ name }) => name),
      context: chosen.context,
      isDev: isDevContext(chosen.context, server),
    };
    return await requirePlatform(chosen)
      .then(() => meshed && requireMesh(chosen, meshed))
      .then(
        () => facts,
        ({ message }) => ({ ...facts, fault: message }),
      );
  } catch (error) {
    return { contexts: [], isDev: false, fault: (error as Error).message };
  }
}

export function ownClusterFindings({ contexts, context, fault, isDev }: OwnClusterFacts): Finding[] {
  const subject = context === undefined ? "kubeconfig" : `context ${context}`;
  const others = contexts.filter((name) => name !== context);
  const judged: Finding = fault
    ? fromFault(subject, fault)
    : { subject, state: "ok", words: "answers, and has what the shop needs" };
  return [
    judged,
    ...(context !== undefined && !isDev
      ? [
          {
            subject,
            state: "note" as const,
            words: "does not look like a cluster for development",
            remedy: "npm start -- --any-context",
          },
        ]
      : []),
    ...(others.length > 0
      ? [{ subject: "other contexts", state: "note" as const, words: others.join(", ") }]
      : []),
  ];
}
