import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ApiException, CoreV1Api } from "@kubernetes/client-node";
import { unanswered } from "../answer.ts";
import { shopRoot } from "../shop-root.ts";
import { credentials, type Target } from "../target.ts";
import { pulumiOutput } from "./run.ts";

/** Which cluster a stack was last deployed to. */
interface KnownCluster extends Target {
  /** The uid of its Namespace kube-system, which no two clusters share and none changes. */
  readonly uid: string;
}

type Say = (line: string) => void;

/**
 * Has the stack forget what went with its cluster, when another one stands now where that one stood, as after
 * `cluster reset`: a refresh takes what the cluster does not have out of the state.
 *
 * @throws Fault when the cluster does not say which one it is, or the refresh fails
 */
export async function forgetLostCluster(stack: string, target: Target, say: Say): Promise<void> {
  const known = await knownCluster(stack);
  const uid = await uidOf(target);
  if (uid === undefined) return;
  const found = { ...target, uid };
  if (isMadeAnew(known, found)) {
    say("the cluster was made anew; forgetting what the one before it had");
    await pulumiOutput(["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", stack]);
  }
  if (known?.uid !== uid) await note(stack, found);
}

/** Whether a cluster took the place of the known one. A stack that goes somewhere else is Pulumi's own concern. */
export function isMadeAnew(known: KnownCluster | undefined, found: KnownCluster): boolean {
  if (known === undefined) return false;
  return known.kubeconfig === found.kubeconfig && known.context === found.context && known.uid !== found.uid;
}

/** Nothing, where the user may deploy and yet not look there. */
async function uidOf(target: Target): Promise<string | undefined> {
  const config = credentials(target);
  try {
    const { metadata } = await config.makeApiClient(CoreV1Api).readNamespace({ name: "kube-system" });
    return metadata?.uid;
  } catch (cause) {
    if (cause instanceof ApiException && cause.code === 403) return undefined;
    throw unanswered(config, cause as Error);
  }
}

function notePath(stack: string): string {
  return join(shopRoot, ".local", "clusters", `${stack}.json`);
}

async function knownCluster(stack: string): Promise<KnownCluster | undefined> {
  const text = await readFile(notePath(stack), "utf8").catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

async function note(stack: string, cluster: KnownCluster): Promise<void> {
  const path = notePath(stack);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(cluster));
  await rename(`${path}.new`, path);
}
