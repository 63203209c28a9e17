import { relative } from "node:path";
import { Command } from "commander";
import { explain, explanationText, type Question } from "../stacks/delivery/explain/index.ts";
import { shopFile } from "./loaded-shop.ts";

/** Says where a field of a rendered object comes from. */
export function explainCommand(): Command {
  return new Command("explain")
    .description("trace a rendered field to the lines that it comes from, and the reasons")
    .argument("<service>", "name of the service")
    .argument("<path>", 'path of the field, such as spec.replicas or metadata.annotations["a.b/c"]')
    .option("-s, --stack <environment>", "name of the environment", "dev")
    .option(
      "--object <kind/name>",
      "the object, where several have such a field, such as StatefulSet/order-database",
    )
    .option("--json", "print all sources as JSON")
    .action(answer);
}

interface Options {
  readonly stack: string;
  readonly object?: string;
  readonly json?: true;
}

async function answer(service: string, path: string, { stack, object, json }: Options): Promise<void> {
  const question: Question = { service, path, environment: stack, ...(object && { object }) };
  const { explanations, elsewhere } = await explain(shopFile(), question);
  const near = explanations.map((explanation) => JSON.parse(JSON.stringify(explanation), fromHere));
  console.log(json ? JSON.stringify(near, null, 2) : explanationText(near, process.stdout.columns));
  if (elsewhere.length > 0) console.error(`also in ${some(elsewhere)}; ask with --object`);
}

function some(names: readonly string[]): string {
  const more = names.length > few ? ` and ${names.length - few} more` : "";
  return names.slice(0, few).join(", ") + more;
}

const few = 5;

/** Files as seen from the working directory. */
function fromHere(key: string, value: unknown): unknown {
  return key === "file" ? relative(process.cwd(), String(value)) : value;
}
