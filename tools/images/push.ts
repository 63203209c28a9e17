import { execa } from "execa";
import { Fault } from "../fault.ts";
import { ensurePrograms } from "../toolchain.ts";
import type { BuiltImages } from "./index.ts";
import { type ImageReferences, REGISTRY } from "./references.ts";

type Say = (line: string) => void;

/**
 * Pushes the built images to a registry, such as `ghcr.io/mountainpass`, for clusters that cannot take
 * archives. Returns the references to deploy. Who may push is what `docker login` wrote down.
 *
 * @throws Fault when the registry refuses
 */
export async function pushImages(
  built: BuiltImages,
  registry: string,
  say: Say = () => {},
): Promise<ImageReferences> {
  const { crane } = await ensurePrograms(["crane"], say);
  for (const { archive, references } of built.images) {
    for (const reference of references) {
      const target = inRegistry(reference, registry);
      say(`pushing ${target}`);
      await push(crane, archive, target);
    }
  }
  return allInRegistry(built.references, registry);
}

async function push(crane: string, archive: string, target: string): Promise<void> {
  const result = await execa(crane, ["push", archive, target], { reject: false });
  if (result.failed) {
    const words = result.stderr.trimEnd().split("\n").slice(-3).join("\n");
    throw new Fault(
      `${target} cannot be pushed: ${words}; log in with \`docker login\` or name another registry`,
      3,
    );
  }
}

function allInRegistry({ services, stores, tools }: ImageReferences, registry: string): ImageReferences {
  const pushed = Object.entries(services).map(([name, reference]) => [name, inRegistry(reference, registry)]);
  return {
    services: Object.fromEntries(pushed),
    stores: { postgres: inRegistry(stores.postgres, registry) },
    tools: { busybox: inRegistry(tools.busybox, registry) },
  };
}

function inRegistry(reference: string, registry: string): string {
  return reference.replace(REGISTRY, registry.replace(/\/$/, ""));
}
