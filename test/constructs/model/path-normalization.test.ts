import { expect, test } from "@jest/globals";
import { normalizedPath } from "../../../constructs/model/path-normalization.ts";

test.each([
  "/",
  "/orders",
  "/orders/",
  "/a/%20/b",
  "/%C3%A9",
  "/a;b=c,d/$(PORT)",
  "/.well-known/x",
  "/...",
])("%s stays as it is", (path) => {
  expect(normalizedPath(path)).toBe(path);
});

test.each([
  ["/a%2Fb", "/a/b"],
  ["/a%5cb", "/a/b"],
  ["//a///b", "/a/b"],
  ["/a/%2F/b", "/a/b"],
  ["/a/../b", "/b"],
  ["/a/%2e%2E/b", "/b"],
  ["/a/./b", "/a/b"],
  // Slashes are merged last.
  ["/a//../b", "/a/b"],
  ["/a/%2F../b", "/a/b"],
  ["//../b", "/b"],
  ["/../../b", "/b"],
  ["/a/b/..", "/a/"],
  ["/a/.", "/a/"],
  ["/a//..", "/a/"],
  ["/a/..//b", "/b"],
  ["/%41%7e", "/A~"],
])("%s is %s", (path, normalized) => {
  expect(normalizedPath(path)).toBe(normalized);
});
