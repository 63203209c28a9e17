import { posix } from "node:path";

/**
 * A path as the mesh judges it and the application gets it: escaped slashes are slashes, several in a row are one, what needs
 * no escape has none, and `.` and `..` are gone. A rule that spells a path otherwise never matches.
 * https://istio.io/latest/docs/ops/best-practices/security/#understand-path-normalization (DECODE_AND_MERGE_SLASHES)
 */
export function normalizedPath(path: string): string {
  return posix.normalize(path.replace(/%2F|%5C/gi, "/").replace(/%[0-9A-F]{2}/gi, unescapedIfPlain));
}

/** RFC 3986, unreserved: https://www.rfc-editor.org/rfc/rfc3986#section-2.3 */
function unescapedIfPlain(escaped: string): string {
  const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
  return /[\w\-.~]/.test(character) ? character : escaped;
}
