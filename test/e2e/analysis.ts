import { expect, test } from "@jest/globals";
import { execa } from "execa";
import type { Manifest } from "../../constructs/index.ts";
import { type Pod, podsOf } from "../../stacks/delivery/graph/pods.ts";
import { meshManifests } from "../../tools/cluster/platform/index.ts";
import { ensurePrograms } from "../../tools/toolchain.ts";
import { manifestsOf } from "../constructs/mutations.ts";
import { deployedShop, everyEnvironment } from "../proofs.ts";
import type { Scene } from "./scene.ts";

/** Istio's own opinion of what is rendered for it: https://istio.io/latest/docs/reference/config/analysis/ */
export function analysis(scene: () => Scene): void {
  test.each(
    everyEnvironment,
  )("$environment.name, before it is applied anywhere: no error, no warning", async (shop) => {
    expect(await analysed(manifestsOf(shop))).toEqual([]);
  });

  test("what an EnvoyFilter says wrong is told, though its objects silence what is said of every one", async () => {
    const objects = manifestsOf(deployedShop).map((object) =>
      JSON.parse(JSON.stringify(object).replaceAll("envoy.filters.http.router", "envoy.router")),
    );
    expect(await analysed(objects)).toContainEqual(
      expect.stringMatching(/^IST0133 EnvoyFilter .*deprecated filter name "envoy.router"/),
    );
  });

  test("the cluster as it runs: no error, no warning", async () => {
    expect(await messages(["--kubeconfig", scene().checkout.kubeconfigFile])).toEqual([]);
  });

  test("routes that bind to a gateway which is not there are told, so the analysis can fail", async () => {
    const objects = manifestsOf(deployedShop).map((object) =>
      JSON.parse(JSON.stringify(object).replaceAll("istio-ingress/shop", "istio-ingress/absent")),
    );
    expect(await analysed(objects)).toContainEqual(
      expect.stringMatching(/^IST0101 VirtualService dev-order\/public: .*istio-ingress\/absent/),
    );
  });
}

/** What is said of objects among those of the platform, with the pods that they make, however much they silence. */
async function analysed(objects: readonly Manifest[]): Promise<string[]> {
  const all = [...meshManifests(), ...objects] as Manifest[];
  const items = [...all.map(unsilenced), ...podsOf(all).map(runningPod)];
  const input = items.map((item) => JSON.stringify(item)).join("\n---\n");
  const told = await messages(["--use-kube=false", "-"], input);
  return told.filter((message) => !saidOfEveryFilter.test(message));
}

/** An object silences a code, which is that of many messages: those of one kind are meant. */
function unsilenced({ metadata, ...object }: Manifest): Manifest {
  const { "galley.istio.io/analyze-suppress": _, ...annotations } = metadata.annotations ?? {};
  return { ...object, metadata: { ...metadata, annotations } };
}

const saidOfEveryFilter =
  /^IST0133 EnvoyFilter [^ ]+: Schema validation warning: EnvoyFilter exposes internal implementation details that may change at any time\. [^;]*$/;

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
  readonly level: string;
  readonly origin: string;
  readonly message: string;
}

/** Errors and warnings; exit code 79 means that there are some. */
async function messages(args: readonly string[], input?: string): Promise<string[]> {
  const { istioctl } = await ensurePrograms(["istioctl"]);
  const { exitCode, stdout, stderr } = await execa(
    istioctl,
    ["analyze", "--all-namespaces", "--output", "json", ...args],
    {
      ...(input !== undefined && { input }),
      reject: false,
    },
  );
  if (exitCode !== 0 && exitCode !== 79)
    throw new Error(`istioctl analyze ended with ${exitCode}: ${stderr}`);
  const found: Message[] = JSON.parse(stdout || "[]");
  return found
    .filter(({ level }) => level === "Error" || level === "Warning")
    .map(({ code, origin, message }) => `${code} ${origin}: ${message}`);
}
