import { Command, Option } from "commander";
import { resolve } from "../constructs/index.ts";
import { callGraph } from "../stacks/delivery/graph/call-graph.ts";
import { graphDocument } from "../stacks/delivery/graph/document.ts";
import { dot, mermaid } from "../stacks/delivery/graph/picture.ts";
import { graphText } from "../stacks/delivery/graph/text.ts";
import { Fault } from "../tools/fault.ts";
import { isColourful } from "../tools/terminal.ts";
import { environmentOf, loadShop } from "./loaded-shop.ts";

interface GraphOptions {
  readonly stack?: string;
  readonly format: keyof typeof formats;
  readonly json?: true;
}

const formats = {
  text: (graph: ReturnType<typeof callGraph>) => graphText(graph, { colour: isColourful(process.stdout) }),
  mermaid,
  dot,
};

/** `pressurevalve graph -s <environment>` */
export function graphCommand(): Command {
  return new Command("graph")
    .description("show who calls whom, how long and how often, and what chains of calls make of one request")
    .option("-s, --stack <environment>", "name of the environment")
    .addOption(
      new Option("--format <format>", "for a person, or a picture")
        .choices(Object.keys(formats))
        .default("text"),
    )
    .addOption(new Option("--json", "for a program").conflicts("format"))
    .action(graph);
}

async function graph({ stack, format, json }: GraphOptions): Promise<void> {
  if (!stack) throw new Fault("no environment is named; add one, such as -s production", 1);
  const shop = await loadShop();
  const environment = environmentOf(shop, stack);
  const found = callGraph(resolve(shop.services, environment), environment);
  process.stdout.write(json ? `${JSON.stringify(graphDocument(found), null, 2)}\n` : formats[format](found));
}
