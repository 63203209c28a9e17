import ts from "typescript";
import { publicNames } from "../../docs/reference/public-names.ts";
import { services } from "../../services/index.ts";
import type { Block } from "./markdown.ts";

const kit = publicNames().map(({ name, symbol }) => ({ name, isType: isType(symbol) }));

function isType(symbol: ts.Symbol): boolean {
  return (symbol.flags & ts.SymbolFlags.Value) === 0;
}

/**
 * A block of TypeScript as a module of its own, two folders below the root. A page shows what matters, as in a file of services/; this adds the
 * imports that it takes for granted, and around fields the service or the environment that they belong to. The page says
 * in a comment that no reader sees what it shows: `fields of a service`, `fields of order`, `fields of an environment`.
 * Without one the block is a module as it stands.
 */
export function moduleOf({ mark, text }: Block): string {
  const whole = completed(mark.replace(/, refused$/, ""), text);
  const moved = whole.replaceAll('from "../', 'from "../../').replaceAll('from "./', 'from "../../services/');
  return [...imports(whole), moved, ""].join("\n");
}

function completed(mark: string, text: string): string {
  const fields = text.trimEnd().replace(/,?$/, ",");
  if (mark === "fields of an environment")
    return `export const environment: Environment = { ...environments.dev,\n${fields}\n};`;
  const name = /^fields of (?:a service|([\w-]+))$/.exec(mark);
  if (!name) return text;
  // With the teams and the requests of the shop's own services, so that an example breaks no edge that it does not show.
  const described = services.find((one) => one.name === name[1])?.description.api;
  const requests = described?.kind === "rest" && described.requests;
  const api = { port: 3000, callers: ["checkout", "rental"], ...(requests && { requests }) };
  const required = [
    /^owner:/m.test(text) ? "" : 'owner: "checkout",',
    /^api:/m.test(text) ? "" : `api: rest(${JSON.stringify(api)}),`,
  ];
  const head = `export const example = service("${name[1] ?? "shop-front"}", {`;
  return [head, ...required, fields, "});"].join("\n");
}

/** The kit's public names, the shop's services and environments, where a block uses and does not import them. */
function imports(text: string): string[] {
  const code = withoutStrings(text);
  const isUsed = (name: string, next = "") => new RegExp(`(?<![\\w-]|[^.]\\.)${name}\\b${next}`).test(code);
  const isThere = (name: string) =>
    new RegExp(`import\\b[^;]*\\b${name}\\b|(const|class|interface|type|function) ${name}\\b`).test(code);
  const ofKit = kit.filter(({ name }) => isUsed(name) && !isThere(name));
  const ofShop = services.filter(({ name }) => isUsed(name, "\\.api") && !isThere(name));
  return [
    `import { ${ofKit.map(({ name, isType: type }) => (type ? `type ${name}` : name)).join(", ")} } from "../../constructs/index.ts";`,
    ...ofShop.map(({ name }) => `import { ${name} } from "../../services/${name}.ts";`),
    isUsed("environments") ? 'import { environments } from "../../stacks/environments.ts";' : "",
  ];
}

function withoutStrings(text: string): string {
  return text.replaceAll(/"[^"\n]*"|\/\*[\s\S]*?\*\/|\/\/.*/g, '""');
}
