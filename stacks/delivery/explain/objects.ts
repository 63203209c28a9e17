import type { Manifest } from "../../../constructs/index.ts";

/** For each object before, what it became: the same name, else the same kind, else the same name of another kind. */
export function becoming(before: readonly Manifest[], after: readonly Manifest[]): (Manifest | undefined)[] {
  const byName = new Map(after.map((one) => [nameOf(one), one]));
  const stayed = before.map((one) => byName.get(nameOf(one)));
  const left = new Set(after.filter((one) => !stayed.includes(one)));
  const claim = (alike: (one: Manifest) => boolean) => {
    const found = [...left].find(alike);
    if (found) left.delete(found);
    return found;
  };
  const renamed = before.map((one, index) => stayed[index] ?? claim(({ kind }) => kind === one.kind));
  return before.map(
    (one, index) => renamed[index] ?? claim(({ metadata }) => metadata.name === one.metadata.name),
  );
}

function nameOf({ kind, metadata }: Manifest): string {
  return [kind, metadata.namespace, metadata.name].join(" ");
}
