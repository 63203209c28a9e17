/** GitHub refuses a comment of more than 65,536 characters; the rest is for saying that something is left out. */
export const longestComment = 65_000;

/** Whole pieces only, in their order: half a code block would swallow what follows. */
export function fitting(
  pieces: readonly string[],
  room: number,
): { readonly taken: readonly string[]; readonly left: number } {
  let used = 0;
  const taken = pieces.filter(({ length }) => {
    const fits = used + length < room;
    if (fits) used += length + 1;
    return fits;
  });
  return { taken, left: pieces.length - taken.length };
}
