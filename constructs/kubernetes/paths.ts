/** A path as RE2 takes it, to be matched as a whole; `{segment}` is one segment, and `/*` all that is beneath. */
export function pathExpression(path: string): string {
  const all = path.endsWith("/*");
  const stem = all ? path.slice(0, -1) : path;
  const expression = stem
    .split(/(\{\w+\})/)
    .map((part, index) => (index % 2 === 1 ? "[^/]+" : part.replace(/[.+$()]/g, "\\$&")))
    .join("");
  return all ? `${expression}.*` : expression;
}

/** How much a path takes in: a plain one before those with segments, and these before all that is beneath. */
export function breadth({ path }: { readonly path: string }): number {
  const segments = path.match(/\{/g)?.length ?? 0;
  return (path.endsWith("/*") ? 1e9 : 0) + segments * 10_000 - path.length;
}
