import { extname } from "node:path";
import { build } from "esbuild";
import { kitRoot } from "../shop-root.ts";
import { accounts, LIBRARIES, NONROOT, type Recipe } from "./recipe.ts";

// TypeScript in the kit's repository, JavaScript where the kit is installed, as this file is.
const program = `tools/stand-in/main${extname(import.meta.filename)}`;

/** The recipe of the stand-in: the C and C++ libraries, Node, and the program in one file. */
export async function standInRecipe(): Promise<Recipe> {
  return {
    packages: ["libc6", "libgcc-s1", "libstdc++6"],
    keep: [LIBRARIES],
    programs: [
      {
        path: "/usr/bin/node",
        source: process.execPath,
        identity: `node ${process.versions.node} ${process.arch}`,
      },
    ],
    files: [...accounts, { path: "/app/stand-in.mjs", content: await bundle() }],
    config: {
      entrypoint: ["/usr/bin/node", "/app/stand-in.mjs"],
      user: NONROOT,
      env: { PATH: "/usr/bin" },
    },
  };
}

/** The program and its libraries as one module. The same sources give the same text on every machine. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [program],
    absWorkingDir: kitRoot,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // pg is CommonJS and requires Node's own modules at run time.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    // An optional native client that pg only asks for when told to.
    external: ["pg-native"],
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) {
    throw new Error(`esbuild gave no output for ${program}`);
  }
  return file.text;
}
