import { execa } from "execa";
import type { Manifest } from "../../../constructs/index.ts";
import { type Pod, podsOf } from "../../../stacks/delivery/graph/pods.ts";
import { meshManifests } from "../../../tools/cluster/platform/index.ts";
import { ensurePrograms } from "../../../tools/toolchain.ts";
import { asStream, type Checker } from "./checker.ts";

/** https://istio.io/latest/docs/reference/config/analysis/, of objects among those of the platform, with the pods that they make. */
export const istioctl: Checker = {
  name: "istioctl analyze",
  judge: async (rendered) => {
    const found = Object.entries(rendered).map(async ([environment, objects]) => {
      const all = [...meshManifests(), ...objects] as Manifest[];
      const items = [...all.map(unsilenced), ...podsOf(all).map(runningPod)];
      const messages = await analysis(["--use-kube=false", "-"], asStream(items));
      return messages.map(({ code, origin, message }) => ({
        environment,
        object: origin,
        says: `${code}: ${message}`,
      }));
    });
    return (await Promise.all(found)).flat();
  },
};

/** An object silences a code, which is that of many messages: those of one kind are meant. */
function unsilenced({ metadata, ...object }: Manifest): Manifest {
  const { "galley.istio.io/analyze-suppress": _, ...annotations } = metadata.annotations ?? {};
  return { ...object, metadata: { ...metadata, annotations } };
}

/** As the injector leaves it. */
function runningPod({ id, namespace, labels, serviceAccount: serviceAccountName }: Pod): Manifest {
  const name = id.replace(/.*?\//, "").replaceAll("/", "-");
  const containers = ["app", "istio-proxy"].map((container) => ({ name: container, image: container }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels: { ...labels } },
    spec: { serviceAccountName, containers },
  };
}

interface Message {
  readonly code: string;
  readonly level: "Error" | "Warning" | "Info";
  /** `<kind> <namespace>/<name>` */
  readonly origin: string;
  readonly message: string;
}

/** What it has to tell; exit code 79 means that there are errors or warnings. */
export async function analysis(args: readonly string[], input?: string): Promise<Message[]> {
  const { istioctl } = await ensurePrograms(["istioctl"], (line) => process.stderr.write(`${line}\n`));
  const { exitCode, stdout, stderr } = await execa(
    istioctl,
    ["analyze", "--all-namespaces", "--output", "json", ...args],
    { ...(input !== undefined && { input }), reject: false },
  );
  if (exitCode !== 0 && exitCode !== 79)
    throw new Error(`istioctl analyze ended with ${exitCode}: ${stderr}`);
  return JSON.parse(stdout || "[]");
}
