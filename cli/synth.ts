import { Command } from "commander";
import { environments } from "../stacks/environments.ts";
import { waveFiles, writeFiles } from "../stacks/files.ts";
import { judgeShop } from "../stacks/judgement.ts";
import { applySequence } from "../stacks/sequence.ts";
import { renderShop } from "../stacks/shop.ts";
import { environmentArgument } from "./environment.ts";

/** Writes an environment's YAML and prints how to apply it with plain kubectl. */
export function synthCommand(): Command {
  return new Command("synth")
    .description("write the YAML of an environment to dist/<environment>/<service>/")
    .addArgument(environmentArgument())
    .option("--json", "print the files, the Secrets and the kubectl sequence as JSON")
    .action(synth);
}

async function synth(name: keyof typeof environments, { json }: { json?: true }): Promise<void> {
  const environment = environments[name];
  const folder = `dist/${environment.name}`;
  const shop = renderShop(environment);
  judgeShop(shop, environment);
  await writeFiles(folder, shop);
  const files = waveFiles(shop);
  const secrets = shop.flatMap((service) => service.secrets.map(({ generate: _, ...secret }) => secret));
  const sequence = applySequence(folder, shop);
  const objects = files.reduce((sum, { manifests }) => sum + manifests.length, 0);
  console.error(`${folder}: ${objects} objects of ${shop.length} services in ${files.length} files`);
  for (const { namespace, name: secret, keys } of secrets)
    console.error(`must exist: Secret ${namespace}/${secret} (${keys.join(" ")})`);
  console.log(
    json
      ? JSON.stringify({ files: files.map(({ path }) => `${folder}/${path}`), secrets, sequence }, null, 2)
      : ["set -e", ...sequence].join("\n"),
  );
}
