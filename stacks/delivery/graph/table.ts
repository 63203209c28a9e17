/** Rows under their headings, each column as wide as its widest cell; a cell of several lines makes its row taller. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | readonly string[])[])[],
): string[] {
  const lines = [headings, ...rows.flatMap(linesOf)];
  const widths = headings.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function linesOf(row: readonly (string | readonly string[])[]): string[][] {
  const cells = row.map((cell) => (typeof cell === "string" ? [cell] : cell));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ""));
}
