import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import type { Environment } from "../constructs/index.ts";
import { renderShop, type Shop } from "../stacks/delivery/index.ts";
import { judgedBy } from "../stacks/delivery/policies/judged-by.ts";
import { policySettings } from "../stacks/delivery/policies/judgement.ts";
import {
  asHtml,
  asJson,
  asJUnit,
  asMarkdown,
  asSarif,
  asText,
  compared,
  judged,
  passes,
  placesOf,
  type Review,
  review,
} from "../stacks/delivery/policies/review/index.ts";
import { rulesOf } from "../stacks/delivery/policies/shop-rules.ts";
import { Fault } from "../tools/fault.ts";
import { prefixOf } from "../tools/revision.ts";
import { shopRoot } from "../tools/shop-root.ts";
import { isColourful } from "../tools/terminal.ts";
import { against, filled, renderedThere, spellAgainst } from "./against.ts";
import { environmentOf, loadShop, shopFile } from "./loaded-shop.ts";
import { namedEnvironment } from "./named-environment.ts";
import { version } from "./version.ts";

interface Format {
  readonly what: string;
  readonly spell: (review: Review) => string;
}

/** Each may go into a file of its own, so that one review serves a person, a pull request and CI. */
const formats = {
  markdown: { what: "a comment for the pull request", spell: asMarkdown },
  sarif: { what: "SARIF 2.1.0, for code scanning", spell: spellSarif },
  junit: { what: "JUnit's XML, for CI", spell: asJUnit },
  html: { what: "one page that stands alone", spell: asHtml },
  json: { what: "everything, for a program", spell: asJson },
} satisfies Record<string, Format>;

type FormatName = keyof typeof formats;

function spellSarif(found: Review): string {
  return asSarif(found, { version: version(), prefix: prefixOf(shopRoot) });
}

/** A file, or `true` for stdout. */
type Asked = Readonly<Partial<Record<FormatName, string | true>>>;

interface ReviewOptions extends Asked {
  readonly stack?: string;
  readonly against?: string;
}

/** `pressurevalve policy review -s <environment> [--against <ref>]` */
export function reviewCommand(): Command {
  const command = new Command("review")
    .description("show what the policies say of an environment, what is exempted, and what changed of that")
    .argument("[environment]", "name of the environment")
    .option("-s, --stack <environment>", "the same, as Pulumi spells it")
    .option(
      "--against <ref>",
      "what to compare with: a commit, a branch or a tag; omitted: nothing is compared",
      filled("--against", "a commit, a branch or a tag"),
    );
  for (const [name, { what }] of Object.entries(formats))
    command.option(
      `--${name} [file]`,
      `${what}; into the file, or in place of the table`,
      filled(`--${name}`, "a file"),
    );
  return command.action(reviewed);
}

async function reviewed(argument: string | undefined, options: ReviewOptions): Promise<void> {
  const name = namedEnvironment(argument, options.stack);
  expectOneOnStdout(options);
  expectFilesOfTheirOwn(options);
  const shop = await loadShop();
  const found = await reviewOf(shop, environmentOf(shop, name), options.against);
  await write(found, options);
  if (!passes(found)) process.exitCode = 2;
}

function expectOneOnStdout(asked: Asked): void {
  const [first, second] = names().filter((name) => asked[name] === true);
  if (second === undefined) return;
  throw new Fault(
    `--${first} and --${second} would both be printed; give one a file, such as --${second} review.${second}`,
    1,
  );
}

function expectFilesOfTheirOwn(asked: Asked): void {
  const byFile = Map.groupBy(names(), (name) => fileOf(asked[name]));
  for (const [file, [first, second]] of byFile) {
    if (file === undefined || second === undefined) continue;
    throw new Fault(`--${first} and --${second} would both be written to ${file}; name two files`, 1);
  }
}

function fileOf(asked: string | true | undefined): string | undefined {
  return typeof asked === "string" ? resolve(asked) : undefined;
}

function names(): FormatName[] {
  return Object.keys(formats) as FormatName[];
}

async function reviewOf(shop: Shop, environment: Environment, ref: string | undefined): Promise<Review> {
  const other = ref === undefined ? undefined : await against(ref);
  const rules = await rulesOf();
  const settings = policySettings(environment, rules);
  const now = judged(rules, {
    environment: environment.name,
    services: renderShop(shop, environment),
    settings,
    judgedBy: judgedBy(environment, rules),
  });
  const places = await placesOf(shopFile(), shopRoot, now);
  if (other === undefined) return review(now, places);
  const there = await renderedThere(other, environment.name);
  return review(now, places, compared(rules, spellAgainst(other), there, settings));
}

/** What was found is shown, whatever becomes of the files. */
async function write(found: Review, asked: Asked): Promise<void> {
  const printed = names().find((name) => asked[name] === true);
  process.stdout.write(
    printed ? formats[printed].spell(found) : asText(found, { colour: isColourful(process.stdout) }),
  );
  const files = names().flatMap((name) => {
    const file = asked[name];
    return typeof file === "string" ? [writeOne(file, formats[name].spell(found))] : [];
  });
  const unwritten = (await Promise.all(files)).filter((words) => words !== undefined);
  if (unwritten.length > 0) throw new Fault(unwritten.join("\n"), 1);
}

/** What is wrong with the file, if anything is. */
function writeOne(file: string, text: string): Promise<string | undefined> {
  return writeFile(file, text).then(
    () => undefined,
    ({ message }: Error) => `${file} cannot be written: ${message}; name a file in a folder that takes one`,
  );
}
