import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LayerEntry } from "./archive.ts";
import { accounts, LIBRARIES, NONROOT, type Recipe } from "./recipe.ts";

/** Needed by no server that we run, and large: just-in-time compilation, Perl, package tools. */
const UNWANTED = "(?!.*(LLVM|llvmjit|bitcode|libperl|libz3))";

/**
 * The recipe of PostgreSQL: Debian's server, a shell, and an entrypoint of our own, which sets the server up
 * from the binding of the service that it belongs to.
 */
export async function postgresRecipe(): Promise<Recipe> {
  return {
    packages: ["postgresql", "busybox-static"],
    keep: [
      `${UNWANTED}${LIBRARIES}`,
      `^${UNWANTED}/usr/lib/postgresql/`,
      "^/usr/share/(postgresql|zoneinfo)/",
      "^/usr/lib/locale/C\\.utf8/",
      "^/usr/bin/(busybox|locale)$",
    ],
    programs: [],
    files: [
      ...accounts,
      ...["cat", "ls", "mkdir", "mv", "rm", "sh"].map((name) => ({
        path: `/usr/bin/${name}`,
        target: "busybox",
      })),
      ...["pg_isready", "psql"].map(program),
      { path: "/entrypoint.sh", content: await entrypoint(), mode: 0o755 },
    ],
    config: {
      entrypoint: ["/entrypoint.sh"],
      user: NONROOT,
      // What psql and pg_isready need when somebody runs them in the container.
      env: { PATH: "/usr/bin", PGHOST: "/tmp", PGUSER: "postgres", PGDATA: "/var/lib/postgresql/data/main" },
      // To PostgreSQL, SIGTERM means to wait until the last client leaves; SIGINT means to stop now.
      stopSignal: "SIGINT",
    },
  };
}

/** Debian's own of that name are Perl programs that look for the newest server; ours has only the one. */
function program(name: string): LayerEntry {
  const content = `#!/bin/sh\nexec /usr/lib/postgresql/*/bin/${name} "$@"\n`;
  return { path: `/usr/bin/${name}`, content, mode: 0o755 };
}

function entrypoint(): Promise<string> {
  return readFile(join(import.meta.dirname, "postgres.sh"), "utf8");
}
