import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { dump, load } from "js-yaml";
import { Fault } from "../fault.ts";
import { kitRoot } from "../shop-root.ts";

const option = "--policy-pack";

/**
 * Puts a translated pack in the place of each `--policy-pack` of a command line. The language host that can be built
 * here runs programs but no policy packs; where the runtime has no language host at all, the engine falls back to
 * `pulumi-analyzer-policy-<runtime>`, and that is a script of ours (plugins/). The translation is no more than a
 * PulumiPolicy.yaml of that runtime, which leads back to the pack.
 *
 * @throws Fault when a pack has no PulumiPolicy.yaml.
 */
export async function translatePolicyPacks(args: readonly string[], folder: string): Promise<string[]> {
  const translated: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (args[index - 1] === option) translated.push(await translateAll(arg, folder));
    else if (arg.startsWith(`${option}=`))
      translated.push(`${option}=${await translateAll(arg.slice(option.length + 1), folder)}`);
    else translated.push(arg);
  }
  return translated;
}

/** Several packs may be given at once, with commas between them. */
async function translateAll(packs: string, folder: string): Promise<string> {
  return (await Promise.all(packs.split(",").map((pack) => translate(resolve(pack), folder)))).join(",");
}

async function translate(pack: string, folder: string): Promise<string> {
  const description = load(await readDescription(pack)) as { runtime: string | { name: string } };
  const { runtime } = description;
  if ((typeof runtime === "string" ? runtime : runtime.name) !== "nodejs") return pack;
  const copy = join(folder, createHash("sha256").update(pack).digest("hex").slice(0, 16));
  await mkdir(copy, { recursive: true });
  const translated = { ...description, runtime: { name: "pressurevalve", options: { pack } } };
  await writeFile(join(copy, "PulumiPolicy.yaml"), dump(translated));
  return copy;
}

async function readDescription(pack: string): Promise<string> {
  try {
    return await readFile(join(pack, "PulumiPolicy.yaml"), "utf8");
  } catch (cause) {
    const kits = relative(process.cwd(), join(kitRoot, "policies"));
    throw new Fault(
      `${pack} is no policy pack: it has no PulumiPolicy.yaml; name the folder of a pack; the kit's is ${kits}`,
      1,
      { cause },
    );
  }
}
