import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { kitTarball } from "../../tools/kit-tarball.ts";

let shop: string;
let kit: string;

beforeEach(async () => {
  shop = await mkdtemp(join(tmpdir(), "pressurevalve-tarball-"));
  kit = join(shop, "node_modules", "pressurevalve");
  await mkdir(kit, { recursive: true });
});

afterEach(() => rm(shop, { recursive: true }));

async function installedFrom(resolved: string): Promise<void> {
  await writeFile(join(kit, "package.json"), '{ "version": "1.2.3" }');
  await writeFile(
    join(shop, "node_modules", ".package-lock.json"),
    JSON.stringify({ packages: { "node_modules/pressurevalve": { version: "1.2.3", resolved } } }),
  );
}

test("sources are packed into a tarball of their version", async () => {
  await writeFile(join(kit, "package.json"), '{ "version": "1.2.3", "private": true }');
  expect(await kitTarball(kit)).toEqual({ path: join(kit, ".local/pressurevalve-1.2.3.tgz"), sources: kit });
});

test("a kit that npm installed of a tarball comes from there", async () => {
  await installedFrom("file:../kit.tgz");
  expect(await kitTarball(kit)).toEqual({ path: join(shop, "..", "kit.tgz") });
});

test("a kit of a registry, or of an installer that keeps no such record, comes from a registry", async () => {
  await installedFrom("https://registry.npmjs.org/pressurevalve/-/pressurevalve-1.2.3.tgz");
  expect(await kitTarball(kit)).toBeUndefined();
  await rm(join(shop, "node_modules", ".package-lock.json"));
  expect(await kitTarball(kit)).toBeUndefined();
});
