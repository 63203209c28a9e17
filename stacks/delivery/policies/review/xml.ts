type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element in lines of its own; attributes without a value are left out. It holds elements, or one text. */
export function element(
  name: string,
  attributes: Attributes,
  content: readonly string[] | string = [],
): string {
  const start = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${attribute(String(value))}"`)
    .join("");
  if (content.length === 0) return `<${name}${start}/>`;
  const inner = typeof content === "string" ? escaped(content) : `\n${content.join("\n")}\n`;
  return `<${name}${start}>${inner}</${name}>`;
}

export function document(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

/** A reader makes spaces of line breaks in attributes, unless they are written as references. */
function attribute(text: string): string {
  return escaped(text).replace(/[\t\n]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(unspeakable, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;");
}

/** What XML 1.0 cannot say, not even by a reference: https://www.w3.org/TR/xml/#charsets */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const unspeakable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
