import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import MarkdownIt, { type Token } from "markdown-it";
import { type DefaultTreeAdapterTypes, parse } from "parse5";
import { SaxesParser } from "saxes";

// What others read the formats with: whatever a review says must come out of these as it went in.

type Node = DefaultTreeAdapterTypes.Node;

/** What the published JSON schema of SARIF 2.1.0 has against a log. */
export function sarifProblems(log: unknown): unknown[] {
  const file = join(import.meta.dirname, "sarif-schema/sarif-2.1.0-rtm.5.json");
  // It is of draft 4, and uses no word but these two that later drafts understand otherwise.
  const { $schema, id, ...schema } = JSON.parse(readFileSync(file, "utf8"));
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  return validate(log) ? [] : (validate.errors ?? []);
}

/** An element as an XML parser hands it over. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/** @throws where it is not well-formed */
export function parseXml(text: string): XmlElement {
  const root: XmlElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => open.pop());
  parser.on("text", (words) => {
    (open.at(-1) as XmlElement).text += words;
  });
  parser.write(text).close();
  return root.children[0] as XmlElement;
}

/** The elements of a name, in order, however deep. */
export function elements(root: XmlElement, name: string): XmlElement[] {
  return [...(root.name === name ? [root] : []), ...root.children.flatMap((child) => elements(child, name))];
}

/** An element of a page: what it is, and what it says. */
export interface HtmlElement {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly text: string;
}

/** Every element of a page, as a browser builds them. */
export function htmlElements(page: string): HtmlElement[] {
  const found: HtmlElement[] = [];
  const enter = (node: Node): void => {
    if ("attrs" in node)
      found.push({
        name: node.nodeName,
        attributes: node.attrs.map(({ name, value }) => [name, value]),
        text: textOf(node),
      });
    if ("childNodes" in node) node.childNodes.forEach(enter);
  };
  enter(parse(page, { onParseError: ({ code }) => expectNoError(code) }));
  return found;
}

function expectNoError(code: string): void {
  throw new Error(`a browser would mend ${code}`);
}

function textOf(node: Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

/** The tables of a comment, as GitHub's Markdown has them: the texts of their cells. */
export function markdownTables(comment: string): string[][][] {
  const tables: string[][][] = [];
  for (const { type, children } of new MarkdownIt({ html: true, linkify: true }).parse(comment, {})) {
    if (type === "table_open") tables.push([]);
    if (type === "tr_open") tables.at(-1)?.push([]);
    if (type === "inline" && tables.length > 0)
      tables
        .at(-1)
        ?.at(-1)
        ?.push(inlineText(children ?? []));
    if (type === "table_close") tables.push([]);
  }
  return tables.filter((rows) => rows.length > 0);
}

/** @throws where it is more than text, and links that GitHub makes of no address that lacks its scheme */
function inlineText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      const { type, content, info } = token;
      if (type === "text" || type === "text_special") return content;
      const isMail = String(token.attrGet("href")).startsWith("mailto:");
      if (type.startsWith("link_") && info === "auto" && !isMail) return "";
      throw new Error(`it holds ${type}: ${content}`);
    })
    .join("");
}
