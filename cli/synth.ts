import { join, relative } from "node:path";
import { Command, Option } from "commander";
import type { Environment } from "../constructs/index.ts";
import type { Rule } from "../policies/rule.ts";
import { judgeShop, renderShop } from "../stacks/delivery/index.ts";
import { placeholderImages } from "../stacks/delivery/placeholder-images.ts";
import { platformName, renderPlatform } from "../stacks/delivery/platform.ts";
import { judgedBy } from "../stacks/delivery/policies/judged-by.ts";
import { rulesOf } from "../stacks/delivery/policies/shop-rules.ts";
import { platformFiles, waveFiles, writeFiles, writePlatform } from "../stacks/delivery/yaml/files.ts";
import { applySequence } from "../stacks/delivery/yaml/sequence.ts";
import { shopRoot } from "../tools/shop-root.ts";
import { environmentOf, loadShop } from "./loaded-shop.ts";
import { warnOfPitfalls } from "./warnings.ts";

/** Writes an environment's YAML and prints how to apply it with plain kubectl. */
export function synthCommand(): Command {
  return (
    new Command("synth")
      .description(
        "write the YAML of an environment to dist/<environment>/, and of its policies to dist/<environment>-platform/",
      )
      .argument("<environment>", "name of the environment")
      .option("--json", "print the files, the Secrets, the kubectl sequences and how it is judged as JSON")
      // What was delivered once is compared by diff and upgrade, whatever policies say of it today.
      .addOption(new Option("--unjudged", "write it whatever the policies say").hideHelp())
      .action(synth)
  );
}

interface SynthOptions {
  readonly json?: true;
  readonly unjudged?: true;
}

async function synth(name: string, { json, unjudged }: SynthOptions): Promise<void> {
  const shop = await loadShop();
  const environment = environmentOf(shop, name);
  const folder = distribution(environment.name);
  const rendered = renderShop(shop, environment);
  const rules = await rulesOf();
  if (!unjudged) judgeShop(rendered, environment, rules);
  warnOfPitfalls(shop, environment, { asJson: json === true });
  writeFiles(folder, rendered);
  const platform = synthPlatform(environment, rules);
  const files = waveFiles(rendered);
  const secrets = rendered.flatMap((service) => service.secrets.map(({ generate: _, ...secret }) => secret));
  const sequence = applySequence(folder, rendered);
  const objects = files.reduce((sum, { manifests }) => sum + manifests.length, 0);
  console.error(
    `${folder}: ${objects} objects of ${rendered.length} ${rendered.length === 1 ? "service" : "services"} in ${files.length} files`,
  );
  for (const line of placeholderImages(rendered, environment.name)) console.error(line);
  for (const { namespace, name: secret, keys } of secrets)
    console.error(`must exist: Secret ${namespace}/${secret} (${keys.join(" ")})`);
  const document = () => ({
    files: files.map(({ path }) => `${folder}/${path}`),
    secrets,
    sequence,
    platform,
    policies: judgedBy(environment, rules),
  });
  console.log(json ? JSON.stringify(document(), null, 2) : ["set -e", ...sequence].join("\n"));
}

/** Beside the environment, and not part of its sequence: who may deploy the shop need not be who may say how it is judged. */
function synthPlatform(environment: Environment, rules: readonly Rule[]) {
  const folder = distribution(platformName(environment));
  const platform = renderPlatform(environment, rules);
  writePlatform(folder, platform);
  const files = platformFiles(platform);
  console.error(`${folder}: admission policies of ${files.length} rules, for the API server`);
  return {
    files: files.map(({ path }) => `${folder}/${path}`),
    sequence: files.length === 0 ? [] : [`kubectl apply -f ${folder}`],
  };
}

/** Where YAML is written, as the shell names it. */
function distribution(name: string): string {
  return relative(process.cwd(), join(shopRoot, "dist", name));
}
