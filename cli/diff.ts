import { relative } from "node:path";
import { Command, Option } from "commander";
import type { Environment, Manifest } from "../constructs/index.ts";
import {
  asDocument,
  asMarkdown,
  asText,
  differences,
  type PlatformDifferences,
  platformDifferences,
  type ServiceDifferences,
  type ServiceObjects,
  spellPlatform,
} from "../stacks/delivery/diff/index.ts";
import { renderShop, type Shop } from "../stacks/delivery/index.ts";
import { renderPlatform } from "../stacks/delivery/platform.ts";
import { rulesOf } from "../stacks/delivery/policies/shop-rules.ts";
import { readFolder } from "../stacks/delivery/yaml/folder.ts";
import { isColourful } from "../tools/terminal.ts";
import { type Against, against, filled, renderedThere, spellAgainst } from "./against.ts";
import { environmentOf, loadShop } from "./loaded-shop.ts";
import { namedEnvironment } from "./named-environment.ts";

interface DiffOptions {
  readonly stack?: string;
  readonly against: string;
  readonly againstDir?: string;
  readonly markdown?: true;
  readonly json?: true;
  readonly verbose?: true;
  readonly exitCode?: true;
}

/** `pressurevalve diff -s <environment> [--against <ref>]` */
export function diffCommand(): Command {
  return new Command("diff")
    .description(
      "show what differs in an environment's objects, field by field, and what it does to running pods",
    )
    .argument("[environment]", "name of the environment")
    .option("-s, --stack <environment>", "the same, as Pulumi spells it")
    .option(
      "--against <ref>",
      "what to compare with: a commit, a branch or a tag",
      filled("--against", "a commit, a branch or a tag"),
      "HEAD",
    )
    .addOption(
      new Option("--against-dir <folder>", "compare with a folder of YAML instead, such as what GitOps holds")
        .argParser(filled("--against-dir", "a folder"))
        .conflicts("against"),
    )
    .option("--markdown", "for a pull request: a table, and a section to unfold for each service")
    .addOption(new Option("--json", "for a program: every change at its object").conflicts("markdown"))
    .option("--verbose", "show objects that come or go in full")
    .option("--exit-code", "end with 2 when there are differences")
    .action(diff);
}

async function diff(argument: string | undefined, options: DiffOptions): Promise<void> {
  const environment = namedEnvironment(argument, options.stack);
  const other = options.againstDir ?? (await against(options.against));
  const [before, after] = await sides(environment, other);
  const found = {
    services: differences(before.services, after.services),
    platform: platformDifferences(before.platform, after.platform),
  };
  process.stdout.write(spell(found, `${environment} against ${spellOther(other)}`, options));
  if (options.exitCode && (found.services.length > 0 || spellPlatform(found.platform) !== ""))
    process.exitCode = 2;
}

interface Side {
  readonly services: readonly ServiceObjects[];
  readonly platform: readonly Manifest[];
}

const nothing: Side = { services: [], platform: [] };

interface Found {
  readonly services: readonly ServiceDifferences[];
  readonly platform: PlatformDifferences;
}

async function sides(environment: string, other: Against | string): Promise<[before: Side, after: Side]> {
  const shop = await loadShop();
  const isKnown = Object.hasOwn(shop.environments, environment);
  // A mistyped name is told at once; one with a past needs a look at it.
  if (typeof other === "string") {
    const services = renderShop(shop, environmentOf(shop, environment)).map(withoutSecrets);
    return [
      { ...nothing, services: await readFolder(other) },
      { ...nothing, services },
    ];
  }
  const now = isKnown ? await rendered(shop, environmentOf(shop, environment)) : nothing;
  const before = await renderedThere(other, environment);
  if (before.lacks !== undefined) {
    environmentOf(shop, environment);
    say(`${before.lacks === "shop" ? "the shop" : environment} is new since ${other.ref}`);
    return [nothing, now];
  }
  if (!isKnown) say(`${environment} was there at ${other.ref}, and is gone`);
  return [before, now];
}

async function rendered(shop: Shop, environment: Environment): Promise<Side> {
  const rules = await rulesOf();
  return { services: renderShop(shop, environment), platform: renderPlatform(environment, rules) };
}

/** A folder of YAML does not say which Secrets must exist. */
function withoutSecrets({ name, manifests }: ServiceObjects): ServiceObjects {
  return { name, manifests };
}

function spellOther(other: Against | string): string {
  if (typeof other === "string") return `the YAML in ${relative(process.cwd(), other) || "."}`;
  return spellAgainst(other);
}

function spell({ services, platform }: Found, title: string, options: DiffOptions): string {
  const verbose = options.verbose === true;
  if (options.json) return `${JSON.stringify({ title, ...asDocument(services), platform }, null, 2)}\n`;
  const text = options.markdown
    ? asMarkdown(services, { title, verbose })
    : asText(services, { title, verbose, colour: isColourful(process.stdout) });
  const rules = spellPlatform(platform);
  return rules === "" ? text : `${text}\nadmission policies: ${rules}\n`;
}

function say(line: string): void {
  console.error(line);
}
