import type { Manifest } from "../../../constructs/kubernetes/manifest.ts";
import { differences } from "./differences.ts";
import { plural, some } from "./summary.ts";

/** The rules whose admission policy, or its binding, comes, goes or becomes another: what the API server judges by. */
export interface PlatformDifferences {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/** What differs between the platforms of an environment. */
export function platformDifferences(
  before: readonly Manifest[],
  after: readonly Manifest[],
): PlatformDifferences {
  const [old, fresh] = [rulesIn(before), rulesIn(after)];
  const found = differences(
    [{ name: "platform", manifests: before }],
    [{ name: "platform", manifests: after }],
  );
  const differing = new Set(found.flatMap(({ objects }) => objects.map(({ object }) => ruleOf(object.name))));
  return {
    added: [...fresh].filter((rule) => !old.has(rule)),
    removed: [...old].filter((rule) => !fresh.has(rule)),
    changed: [...fresh].filter((rule) => old.has(rule) && differing.has(rule)),
  };
}

function rulesIn(platform: readonly Manifest[]): Set<string> {
  return new Set(platform.map(({ metadata }) => ruleOf(metadata.name)));
}

/** A policy and its binding are called `pressurevalve-<environment>.<rule>`, and neither part holds a dot. */
function ruleOf(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

/** `1 rule added (own-limit); 2 rules changed (backups, spread)`; nothing where none differs. */
export function spellPlatform({ added, removed, changed }: PlatformDifferences): string {
  return Object.entries({ added, removed, changed })
    .flatMap(([how, rules]) =>
      rules.length > 0 ? [`${plural(rules.length, "rule")} ${how} (${some(rules)})`] : [],
    )
    .join("; ");
}
