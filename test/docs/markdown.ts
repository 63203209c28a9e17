import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export const root = join(import.meta.dirname, "../..");

/** Every Markdown file that git knows or would add. */
export const pages: readonly string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
  { cwd: root, encoding: "utf8" },
)
  .trim()
  .split("\n");

/** A fenced block of a page. */
export interface Block {
  /** `docs/reference.md:42` */
  readonly at: string;
  readonly page: string;
  readonly language: string;
  /** The comment on the line before it, which no reader sees; it says how the block is to be completed. */
  readonly mark: string;
  readonly text: string;
}

/** The blocks of all pages, in some languages. */
export function blocks(...languages: readonly string[]): readonly Block[] {
  return pages.flatMap(blocksOf).filter(({ language }) => languages.includes(language));
}

/** Every fenced block of a page. */
export function blocksOf(page: string): readonly Block[] {
  const lines = read(page).split("\n");
  const found: Block[] = [];
  for (let line = 0; line < lines.length; line += 1) {
    const fence = /^```(\w*)$/.exec(lines[line] ?? "");
    if (!fence) continue;
    const end = lines.indexOf("```", line + 1);
    if (end < 0) throw new Error(`${page}:${line + 1}: the block has no end; close it with \`\`\``);
    const mark = /^<!-- (.*) -->$/.exec(lines[line - 1] ?? "")?.[1] ?? "";
    const text = lines.slice(line + 1, end).join("\n");
    found.push({ at: `${page}:${line + 1}`, page, language: fence[1] ?? "", mark, text });
    line = end;
  }
  return found;
}

export function read(page: string): string {
  return readFileSync(join(root, page), "utf8");
}

/** A link of a page to another place in this repository. */
interface Link {
  readonly page: string;
  /** Path from the repository's root. */
  readonly path: string;
  readonly anchor: string;
}

/** The links of a page that stay in this repository. */
export function linksOf(page: string): readonly Link[] {
  const prose = read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", anchor = ""] = target.split("#");
      return { page, path: path === "" ? page : normalize(join(dirname(page), path)), anchor };
    });
}

/** The anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const prose = read(page).replaceAll(/^```[\s\S]*?^```$/gm, "");
  return new Set(
    [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
