import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Manifest, RenderedService, RequiredSecret } from "../../../constructs/index.ts";
import { waveOf, waves } from "../../../constructs/kubernetes/metadata.ts";
import { documents } from "./document.ts";

/** One YAML file: the objects of a service that are due in the same wave. */
export interface WaveFile {
  readonly service: string;
  readonly wave: number;
  /** Relative to the environment's folder: `<service>/<wave>-<name of the wave>.yaml` */
  readonly path: string;
  readonly manifests: readonly Manifest[];
}

/** The files of a rendered shop, in the order in which they are to be applied. */
export function waveFiles(shop: readonly RenderedService[]): readonly WaveFile[] {
  return shop.flatMap(({ name, manifests }) =>
    [...Map.groupBy(manifests, waveOf)]
      .sort(([left], [right]) => left - right)
      .map(([wave, members]) => ({
        service: name,
        wave,
        path: `${name}/${fileName(wave)}.yaml`,
        manifests: members,
      })),
  );
}

/** `4-workload`, or the bare number of a wave that a team chose for itself. */
function fileName(wave: number): string {
  const known = Object.entries(waves).find(([, number]) => number === wave);
  return known ? `${wave}-${known[0]}` : String(wave);
}

/**
 * Writes an environment's folder anew; what stood there before stays until everything is written. Synchronously:
 * nothing else is waiting, and thousands of small files take half the time.
 */
export function writeFiles(folder: string, shop: readonly RenderedService[]): void {
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  try {
    for (const { name } of shop) mkdirSync(join(fresh, name));
    for (const { path, manifests } of waveFiles(shop)) writeFileSync(join(fresh, path), documents(manifests));
    writeFileSync(join(fresh, "secrets.md"), secretsTable(shop.flatMap(({ secrets }) => secrets)));
    // A temporary folder is its maker's alone.
    chmodSync(fresh, 0o755);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The Secrets that must exist before the workloads start; no manifest holds them. */
function secretsTable(secrets: readonly RequiredSecret[]): string {
  const rows = secrets.map(
    ({ namespace, name, type, keys }) => `| ${namespace} | ${name} | ${type} | ${keys.join(" ")} |`,
  );
  return [
    "# Secrets that must exist",
    "",
    "| namespace | name | type | keys |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
