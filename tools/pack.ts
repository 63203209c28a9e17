// `npm run package [folder]`: packs the kit as others install it into the folder (.local unless one is named), and
// prints the tarball's path. Node strips no types under node_modules, so the pack holds JavaScript and declarations.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { execa } from "execa";
import { kitRoot } from "./shop-root.ts";

/** The package.json of this repository, as far as packing changes it. */
interface Package {
  readonly exports: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly [field: string]: unknown;
}

const {
  private: _,
  scripts,
  devDependencies,
  overrides,
  allowScripts,
  ...published
}: Package = JSON.parse(await readFile(join(kitRoot, "package.json"), "utf8"));

/** Stand-ins of this repository for what npm does, and for what is compiled. */
const replaced: ReadonlySet<string> = new Set(["tools/setup.js", "policies/pack.js"]);

const folder = resolve(process.argv[2] ?? join(kitRoot, ".local"));
const staging = await mkdtemp(join(tmpdir(), "pressurevalve-pack-"));
try {
  await compile();
  for (const file of await otherFiles()) await copy(file);
  await writePackage();
  await mkdir(folder, { recursive: true });
  process.stdout.write(`${join(folder, await pack())}\n`);
} finally {
  await rm(staging, { recursive: true });
}

async function compile(): Promise<void> {
  await execa("tsc", ["-p", "tsconfig.pack.json", "--outDir", staging], {
    cwd: kitRoot,
    preferLocal: true,
    // The compiler reports on stdout, where the tarball's path is to stand alone.
    stdio: ["ignore", 2, 2],
  });
}

/** What is packed as it is: whatever is no source, and the starter, whose sources belong to the shop that it becomes. */
async function otherFiles(): Promise<string[]> {
  const wanted = ["README.md", "LICENSE", ...published.files];
  const { stdout } = await execa(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...wanted],
    { cwd: kitRoot, lines: true },
  );
  return stdout.filter((file) => file.startsWith("starter/") || isAsset(file));
}

function isAsset(file: string): boolean {
  return !(file.endsWith(".ts") || isShops(file) || replaced.has(file));
}

/** What lies in stacks/ itself is MountainPass's. */
function isShops(file: string): boolean {
  return /^stacks\/[^/]+$/.test(file);
}

async function copy(file: string): Promise<void> {
  await mkdir(dirname(join(staging, file)), { recursive: true });
  await cp(join(kitRoot, file), join(staging, file));
}

async function writePackage(): Promise<void> {
  const compiled = { ...published, exports: compiledExports() };
  await writeFile(join(staging, "package.json"), `${JSON.stringify(compiled, null, 2)}\n`);
}

/** `./constructs/index.ts` becomes its declarations and its JavaScript. */
function compiledExports(): object {
  return Object.fromEntries(
    Object.entries(published.exports).map(([name, source]) => {
      const compiled = source.replace(/\.ts$/, "");
      return [name, { types: `${compiled}.d.ts`, default: `${compiled}.js` }];
    }),
  );
}

/** @returns the tarball's name */
async function pack(): Promise<string> {
  const { stdout } = await execa("npm", ["pack", staging, "--pack-destination", folder, "--json"]);
  return JSON.parse(stdout)[0].filename;
}
