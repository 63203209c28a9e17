/**
 * A path as the mesh judges it and the application gets it: escaped slashes are slashes, several in a row are one, what needs
 * no escape has none, and `.` and `..` are gone. A rule that spells a path otherwise never matches.
 * https://istio.io/latest/docs/ops/best-practices/security/#understand-path-normalization (DECODE_AND_MERGE_SLASHES)
 */
export function normalizedPath(path: string): string {
  const unescaped = path.replace(/%2F|%5C/gi, "/").replace(/%[0-9A-F]{2}/gi, unescapedIfPlain);
  return resolved(unescaped).replace(/\/+/g, "/");
}

/** Without `.` and `..`, before slashes are merged: an empty segment is one that `..` takes away, as Envoy has it. */
function resolved(path: string): string {
  const [root = "", ...segments] = path.split("/");
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  }
  // What ends with one of them is a folder.
  if (/^\.{1,2}$/.test(segments.at(-1) ?? "")) kept.push("");
  return [root, ...kept].join("/");
}

/** RFC 3986, unreserved: https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
function unescapedIfPlain(escaped: string): string {
  const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
  return /[\w\-.~]/.test(character) ? character : escaped;
}
