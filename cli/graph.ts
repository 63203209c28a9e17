import { Command, Option } from "commander";
import { type Environment, render, resolve } from "../constructs/index.ts";
import { callGraph } from "../stacks/delivery/graph/call-graph.ts";
import { graphDocument } from "../stacks/delivery/graph/document.ts";
import { dot, mermaid } from "../stacks/delivery/graph/picture.ts";
import { graphText } from "../stacks/delivery/graph/text.ts";
import { verificationText } from "../stacks/delivery/graph/verification-text.ts";
import { isAsDeclared, verify } from "../stacks/delivery/graph/verify.ts";
import { renderShop, type Shop } from "../stacks/delivery/index.ts";
import { pitfallsOf } from "../stacks/delivery/pitfall-warnings.ts";
import { readSources } from "../stacks/delivery/yaml/sources.ts";
import { Fault } from "../tools/fault.ts";
import { isColourful } from "../tools/terminal.ts";
import { environmentOf, loadShop } from "./loaded-shop.ts";
import { namedEnvironment } from "./named-environment.ts";
import { warnOfPitfalls } from "./warnings.ts";

interface GraphOptions {
  readonly stack?: string;
  readonly format: keyof typeof formats;
  readonly verify?: true;
  readonly json?: true;
}

const formats = {
  text: (graph: ReturnType<typeof callGraph>) => graphText(graph, { colour: isColourful(process.stdout) }),
  mermaid,
  dot,
};

/** `pressurevalve graph -s <environment> [--verify [files...]]` */
export function graphCommand(): Command {
  return new Command("graph")
    .description("show who calls whom, how long and how often, and what chains of calls make of one request")
    .argument("[files...]", "with --verify: YAML to judge in place of what would be rendered; - is stdin")
    .option("-s, --stack <environment>", "name of the environment")
    .addOption(
      new Option("--format <format>", "for a person, or a picture")
        .choices(Object.keys(formats))
        .default("text"),
    )
    .addOption(
      new Option("--verify", "hold what finished objects leave open against the descriptions").conflicts(
        "format",
      ),
    )
    .addOption(new Option("--json", "for a program").conflicts("format"))
    .action(graph);
}

async function graph(files: readonly string[], options: GraphOptions): Promise<void> {
  const { stack, format, json } = options;
  const name = namedEnvironment(undefined, stack);
  if (files.length > 0 && !options.verify)
    throw new Fault("files are for --verify; add it, or leave them out", 1);
  const shop = await loadShop();
  const environment = environmentOf(shop, name);
  if (options.verify) return verified(shop, environment, files, json);
  const found = callGraph(resolve(shop.services, environment), environment);
  if (json)
    return void process.stdout.write(
      spellJson({ ...graphDocument(found), pitfalls: pitfallsOf(shop, environment) }),
    );
  process.stdout.write(formats[format](found));
  warnOfPitfalls(shop, environment);
}

async function verified(
  shop: Shop,
  environment: Environment,
  files: readonly string[],
  json: true | undefined,
): Promise<void> {
  const services = resolve(shop.services, environment);
  const own = render(services).flatMap(({ manifests }) => manifests);
  const objects =
    files.length > 0
      ? await readSources(files)
      : renderShop(shop, environment).flatMap(({ manifests }) => manifests);
  const found = verify(objects, services, environment, own);
  const title = files.length > 0 ? `${environment.name}, in ${files.join(", ")}` : environment.name;
  process.stdout.write(json ? spellJson(found) : verificationText(title, found));
  if (!isAsDeclared(found)) process.exitCode = 2;
}

function spellJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
