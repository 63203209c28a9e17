import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Yaml } from "cdk8s";
import type { Manifest, RenderedService, RequiredSecret } from "../../../constructs/index.ts";
import { waveOf, waves } from "../../../constructs/kubernetes/metadata.ts";

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

/** Writes an environment's folder anew; what stood there before stays until everything is written. */
export async function writeFiles(folder: string, shop: readonly RenderedService[]): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const fresh = await mkdtemp(`${folder}.`);
  try {
    for (const { path, manifests } of waveFiles(shop))
      await write(join(fresh, path), Yaml.stringify(...manifests));
    await write(join(fresh, "secrets.md"), secretsTable(shop.flatMap(({ secrets }) => secrets)));
    // A temporary folder is its maker's alone.
    await chmod(fresh, 0o755);
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
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
