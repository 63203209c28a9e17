import type { Manifest } from "../../../constructs/index.ts";

/**
 * Kubernetes objects as one YAML text, their fields in the order in which they stand. Readers of YAML 1.1, of
 * YAML 1.2 and kubectl, whose reader is neither, get the same data from it: a string that one of them could take for
 * something else is quoted. Upstream: https://yaml.org/spec/1.2.2/
 */
export function documents(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => `${fields(manifest, "")}\n`).join("---\n");
}

function fields(map: object, indent: string): string {
  return Object.entries(map)
    .map(([name, value]) => `${string(name, "")}:${afterName(value, indent)}`)
    .join(`\n${indent}`);
}

function items(list: readonly unknown[], indent: string): string {
  return list.map((value) => `- ${afterDash(value, `${indent}  `)}`).join(`\n${indent}`);
}

function afterName(value: unknown, indent: string): string {
  const deeper = `${indent}  `;
  if (isScalar(value)) return ` ${scalar(value, deeper)}`;
  return `\n${deeper}${Array.isArray(value) ? items(value, deeper) : fields(value as object, deeper)}`;
}

function afterDash(value: unknown, indent: string): string {
  if (isScalar(value)) return scalar(value, indent);
  return Array.isArray(value) ? items(value, indent) : fields(value as object, indent);
}

type Scalar = string | number | boolean | null;

/** What stands on the line of its name. Of an empty map or list no line would remain, so that it is one too. */
function isScalar(value: unknown): value is Scalar {
  return typeof value !== "object" || value === null || Object.keys(value).length === 0;
}

function scalar(value: Scalar, indent: string): string {
  if (typeof value === "string") return string(value, indent);
  // A reader of YAML 1.1 takes 1e+21 for a string.
  return JSON.stringify(value).replace(/^(-?\d+)e/, "$1.0e");
}

/** Lines with `indent` where they are several and can be shown as they are, else the one line that is easiest to read. */
function string(text: string, indent: string): string {
  if (plain.test(text) && !misread.test(text)) return text;
  if (indent !== "" && literal.test(text)) return literalBlock(text, indent);
  return text.includes('"') && singleQuotable.test(text) ? `'${text}'` : doubleQuoted(text);
}

/** ASCII that begins with no sign of YAML's own, holds no `: ` and no ` #`, and ends neither with `:` nor with a blank. */
const plain = /^(?:[\w/.$(+^;\\]|-(?=\S))(?:[!-9;-~]| (?!#)|:(?!$| ))*(?<! )$/;

/** Text of several lines that needs no escapes, no indentation indicator and no other chomping than `-`. */
const literal =
  /^(?=[^\n]*\n)(?![ \n\t])(?!.*\n[ \t]+(?:\n|$))(?!.*\n\n$)[\n\t -~\u{a1}-\u{2027}\u{202a}-\u{d7ff}\u{e000}-\u{fefe}\u{ff00}-\u{fffd}\u{10000}-\u{10ffff}]*$/su;

const singleQuotable = /^[ -&(-~]*$/;

/** JSON, but that YAML wants further signs escaped: those that cannot be printed, and what it takes for a line break. */
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function literalBlock(text: string, indent: string): string {
  const ends = text.endsWith("\n");
  const lines = (ends ? text.slice(0, -1) : text).replaceAll(/\n(?=[^\n])/g, `\n${indent}`);
  return `|${ends ? "" : "-"}\n${indent}${lines}`;
}

// Words of YAML 1.1; numbers of 1.1 (1_000, 0b1, 1:20), of 1.2 (0o17) and of Go (0O17, 0x1p4, 1e1_0); dates. kubectl
// takes 0o17 for 15, which the API server then refuses as the value of an environment variable.
const misread = new RegExp(
  `^(?:${[
    "y|n|yes|no|on|off|true|false|null",
    "[-+]?\\.?(?:inf|infinity|nan)",
    "[-+]?0_*(?:b[01_]+|o[0-7_]+|x[\\da-f_.]+(?:p[-+]?\\d+)?)",
    "[-+]?[\\d_]*(?:\\.[\\d_]*)?(?:e[-+]?[\\d_]+)?",
    "[-+]?[\\d_]+(?::[\\d_]+)+(?:\\.[\\d_]*)?",
    "\\d{4}-\\d\\d?-\\d\\d?(?:[t ].*)?",
  ].join("|")})$`,
  "i",
);
