import { mkdtemp, readFile, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { imageReferences } from "../../../tools/images/index.ts";
import { writeImageReferences } from "../../../tools/images/references.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "image-references-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("the same sources give the same references, of which each service has one", async () => {
  const first = await imageReferences(["order", "rental"]);
  expect(await imageReferences(["order", "rental"])).toEqual(first);
  expect(Object.keys(first.services)).toEqual(["order", "rental"]);
  expect(first.services.rental).toMatch(/^pressurevalve\.local\/rental:[0-9a-f]{12}$/);
  expect(first.stores.postgres).toMatch(/^pressurevalve\.local\/postgres:[0-9a-f]{12}$/);
  expect(first.tools.busybox).toMatch(/^pressurevalve\.local\/busybox:[0-9a-f]{12}$/);
});

test("a service more changes no other service's reference", async () => {
  const { services } = await imageReferences(["order"]);
  expect((await imageReferences(["order", "rental"])).services.order).toBe(services.order);
});

test("references are written with sorted keys, and only when they change", async () => {
  const path = join(folder, "images.json");
  const references = {
    tools: { busybox: "b:1" },
    stores: { postgres: "p:1" },
    services: { b: "b:1", a: "a:1" },
  };
  expect(await writeImageReferences(path, references)).toBe(true);
  expect(await readFile(path, "utf8")).toBe(
    [
      "{",
      '  "services": {',
      '    "a": "a:1",',
      '    "b": "b:1"',
      "  },",
      '  "stores": {',
      '    "postgres": "p:1"',
      "  },",
      '  "tools": {',
      '    "busybox": "b:1"',
      "  }",
      "}",
      "",
    ].join("\n"),
  );
  await utimes(path, 1, 1);
  expect(await writeImageReferences(path, references)).toBe(false);
  expect((await stat(path)).mtimeMs).toBe(1000);
  expect(await writeImageReferences(path, { ...references, stores: { postgres: "p:2" } })).toBe(true);
});
