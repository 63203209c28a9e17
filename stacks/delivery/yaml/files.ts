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

/** Writes an environment's folder anew. */
export function writeFiles(folder: string, shop: readonly RenderedService[]): void {
  const secrets = secretsTable(shop.flatMap(({ secrets }) => secrets));
  replaceFolder(folder, [...waveFiles(shop).map(asText), { path: "secrets.md", text: secrets }]);
}

/** One YAML file: the policy and the binding of one rule. They are of use in any order. */
export interface PlatformFile {
  /** Relative to the platform's folder: `<rule>.yaml` */
  readonly path: string;
  readonly manifests: readonly Manifest[];
}

/** The files of an environment's platform. */
export function platformFiles(platform: readonly Manifest[]): readonly PlatformFile[] {
  const byRule = Map.groupBy(platform, ({ metadata: { name } }) => name.slice(name.indexOf(".") + 1));
  return [...byRule].map(([rule, manifests]) => ({ path: `${rule}.yaml`, manifests }));
}

/** Writes the folder of an environment's platform anew. */
export function writePlatform(folder: string, platform: readonly Manifest[]): void {
  replaceFolder(folder, platformFiles(platform).map(asText));
}

interface TextFile {
  readonly path: string;
  readonly text: string;
}

function asText({ path, manifests }: Pick<WaveFile, "path" | "manifests">): TextFile {
  return { path, text: documents(manifests) };
}

/**
 * What stood in the folder before stays until everything is written. Synchronously: nothing else is waiting, and
 * thousands of small files take half the time.
 */
function replaceFolder(folder: string, files: readonly TextFile[]): void {
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  try {
    for (const inner of new Set(files.map(({ path }) => dirname(path))))
      mkdirSync(join(fresh, inner), { recursive: true });
    for (const { path, text } of files) writeFileSync(join(fresh, path), text);
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
