import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../decisions");

/** The list of all decisions, by their numbers. */
export function decisionsIndex(): string {
  const records = readdirSync(folder).filter((name) => /^\d{4}-.*\.md$/.test(name));
  return [
    "<!-- Written by `npm run docs`. -->",
    "",
    "# Decisions",
    "",
    "Large choices, with what was rejected. A record stands as it was written; a later one may overrule it, and says so.",
    "",
    ...records.sort().map((name) => `- ${name.slice(0, 4)} [${title(name)}](${name})`),
    "",
  ].join("\n");
}

function title(name: string): string {
  const heading = /^# (.+)$/m.exec(readFileSync(join(folder, name), "utf8"))?.[1];
  if (heading === undefined) throw new Error(`docs/decisions/${name} has no heading; begin it with one`);
  return heading;
}
