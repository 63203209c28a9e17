import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, watch, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { execa } from "execa";
import { Fault } from "../../tools/fault.ts";
import { exactSpec, kitSpec, withOtherKit } from "../../tools/other-kit.ts";
import { kitRoot } from "../../tools/shop-root.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pressurevalve-upgrade-"));
});
afterEach(() => rm(folder, { recursive: true }));

test.each(["0.2.0", "latest"])("%s is a version of the kit", async (wanted) => {
  expect(await kitSpec(wanted)).toBe(`pressurevalve@${wanted}`);
});

test("a tag is not asked twice, and a tarball stays one", () => {
  expect(exactSpec("pressurevalve@latest", "0.2.0")).toBe("pressurevalve@0.2.0");
  expect(exactSpec("/kits/pressurevalve@0.2.0.tgz", "0.2.0")).toBe("/kits/pressurevalve@0.2.0.tgz");
});

test("a path is that of a tarball, which must be there", async () => {
  expect(await kitSpec("package.json/../package.json")).toBe(resolve("package.json"));
  await expect(kitSpec("./kit.tgz")).rejects.toThrow(
    new Fault(`${resolve("kit.tgz")} is missing; name a version or a tarball`, 1),
  );
});

test("the shop is copied twice, once with the other kit, and stays as it is", async () => {
  const shop = await shopWith("1.0.0");
  const record = await readFile(join(shop, "node_modules/.package-lock.json"), "utf8");
  const seen = await withOtherKit(shop, await kitTarball("2.0.0"), async ({ before, after }) => ({
    versions: [before.version, after.version],
    files: [await readdir(before.folder), await readdir(after.folder)],
    gone: before.folder,
  }));
  expect(seen.versions).toEqual(["1.0.0", "2.0.0"]);
  const files = ["node_modules", "package-lock.json", "package.json", "services"];
  expect(seen.files.map((names) => names.sort())).toEqual([files, files]);
  await expect(stat(seen.gone)).rejects.toThrow("ENOENT");
  expect(await installedVersion(shop)).toBe("1.0.0");
  expect(await readFile(join(shop, "node_modules/.package-lock.json"), "utf8")).toBe(record);
  expect(await readFile(join(shop, "package.json"), "utf8")).toContain("1.0.0.tgz");
});

test("an interruption leaves no copy behind, and is what the shell sees", async () => {
  const [bin, temporary] = [join(folder, "bin"), join(folder, "tmp")];
  const shop = await shopWith("1.0.0");
  for (const path of [bin, temporary]) await mkdir(path);
  // Begins, and then takes its time.
  await writeFile(join(bin, "npm"), `#!/bin/sh\n: >"$TMPDIR/begun"\nexec sleep 600\n`, { mode: 0o755 });
  const module = JSON.stringify(join(kitRoot, "tools/other-kit.ts"));
  const program = `await (await import(${module})).withOtherKit(process.argv[1], "pressurevalve@latest", async () => {})`;
  const running = execa(process.execPath, ["--input-type=module", "--eval", program, shop], {
    env: { TMPDIR: temporary, PATH: `${bin}:${process.env.PATH}` },
    reject: false,
  });
  for await (const { filename } of watch(temporary)) if (filename === "begun") break;
  expect((await readdir(temporary)).sort()).toEqual([
    "begun",
    expect.stringMatching(/^pressurevalve-upgrade-/),
  ]);
  running.kill("SIGINT");
  const { signal, stderr } = await running;
  expect([signal, stderr.trim()]).toEqual(["SIGINT", "interrupted"]);
  expect(await readdir(temporary)).toEqual(["begun"]);
});

test("what npm cannot install is told in one line", async () => {
  const shop = await shopWith("1.0.0");
  const broken = join(folder, "broken.tgz");
  await writeFile(broken, "no tarball");
  const use = () => Promise.reject(new Error("never called"));
  await expect(withOtherKit(shop, broken, use)).rejects.toThrow(
    /^\S+broken.tgz cannot be installed: .+; see npm's log$/,
  );
});

test("the kit's own repository is not upgraded", async () => {
  const { exitCode, stderr } = await execa(process.execPath, ["cli/main.ts", "upgrade", "--diff"], {
    cwd: kitRoot,
    reject: false,
  });
  expect(exitCode).toBe(1);
  expect(stderr).toBe(`${kitRoot} is the kit's own repository; upgrade where the kit is installed`);
});

/** A shop whose kit is an empty package of that version, as npm has installed it. */
async function shopWith(version: string): Promise<string> {
  const shop = join(folder, "shop");
  for (const path of ["services", "dist", ".local"]) await mkdir(join(shop, path), { recursive: true });
  await writeFile(join(shop, "package.json"), JSON.stringify({ name: "shop", private: true }));
  await npm(shop, "install", "--save-exact", await kitTarball(version));
  return shop;
}

async function kitTarball(version: string): Promise<string> {
  const kit = join(folder, `kit-${version}`);
  await mkdir(kit);
  await writeFile(join(kit, "package.json"), JSON.stringify({ name: "pressurevalve", version }));
  await npm(folder, "pack", kit);
  await cp(join(folder, `pressurevalve-${version}.tgz`), join(folder, `${version}.tgz`));
  return join(folder, `${version}.tgz`);
}

function npm(cwd: string, ...args: string[]) {
  return execa("npm", [...args, "--no-audit", "--no-fund"], { cwd });
}

async function installedVersion(shop: string): Promise<string> {
  return JSON.parse(await readFile(join(shop, "node_modules/pressurevalve/package.json"), "utf8")).version;
}
