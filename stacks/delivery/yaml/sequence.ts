import type { Manifest, RenderedService, RequiredSecret } from "../../../constructs/index.ts";
import { waves } from "../../../constructs/kubernetes/metadata.ts";
import { type WaveFile, waveFiles } from "./files.ts";

/**
 * The shell commands that apply an environment's folder with plain kubectl, waits included: all namespaces
 * first, because an edge lives in the callee's; then each service, wave after wave.
 */
export function applySequence(folder: string, shop: readonly RenderedService[]): readonly string[] {
  const files = waveFiles(shop);
  const namespaces = files.filter(({ wave }) => wave === waves.namespace);
  const others = files.filter(({ wave }) => wave !== waves.namespace);
  return [
    ...namespaces.map((file) => apply(folder, file)),
    ...shop.flatMap(({ secrets }) => secrets.map(secretMustExist)),
    ...others.flatMap((file) => [apply(folder, file), ...file.manifests.flatMap(waits)]),
  ];
}

function apply(folder: string, { path }: WaveFile): string {
  // Not server-side: Argo Rollouts owns the selectors of its Services by then, and would be overruled.
  return `kubectl apply -f ${folder}/${path}`;
}

function secretMustExist({ namespace, name }: RequiredSecret): string {
  return `kubectl -n ${namespace} get secret ${name} -o name`;
}

/** How to wait for an object, where the next wave or the next service needs it. */
function waits(manifest: Manifest): string[] {
  const target = `-n ${manifest.metadata.namespace} ${manifest.kind.toLowerCase()}/${manifest.metadata.name}`;
  return (waitsByKind[manifest.kind] ?? none)(target, manifest);
}

const none = () => [];

const waitsByKind: Record<string, (target: string, manifest: Manifest) => string[]> = {
  StatefulSet: (target) => [`kubectl rollout status ${target} --timeout=300s`],
  Deployment: (target, manifest) => [
    `kubectl rollout status ${target} --timeout=${deadline(manifest, "progressDeadlineSeconds")}`,
  ],
  Job: (target, manifest) => [
    `kubectl wait ${target} --for=condition=Complete --timeout=${deadline(manifest, "activeDeadlineSeconds")}`,
  ],
  // Its phase may still be that of its last generation. Where a person promotes, an update ends with a pause.
  Rollout: (target, manifest) => {
    const { autoPromotionEnabled = true, autoPromotionSeconds = 0 } = blueGreen(manifest);
    const limit = Number.parseInt(deadline(manifest, "progressDeadlineSeconds"), 10) + autoPromotionSeconds;
    const status = `kubectl get ${target} -o jsonpath="{.metadata.generation} {.status.observedGeneration} {.status.phase}"`;
    const ends = autoPromotionEnabled ? "Healthy" : "(Healthy|Paused)";
    return [`timeout ${limit} sh -c 'until ${status} | grep -qE "^([0-9]+) \\1 ${ends}$"; do sleep 1; done'`];
  },
};

interface BlueGreen {
  autoPromotionEnabled?: boolean;
  autoPromotionSeconds?: number;
}

function blueGreen(manifest: Manifest): BlueGreen {
  return (manifest.spec as { strategy: { blueGreen: BlueGreen } }).strategy.blueGreen;
}

function deadline(manifest: Manifest, field: string): string {
  return `${(manifest.spec as Record<string, number>)[field]}s`;
}
