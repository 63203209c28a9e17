import { accounts, NONROOT, type Recipe } from "./recipe.ts";

/** The recipe of busybox: a shell and wget in one static program, which smoke tests run. */
export function busyboxRecipe(): Recipe {
  return {
    packages: ["busybox-static"],
    keep: ["^/usr/bin/busybox$"],
    programs: [],
    files: [
      ...accounts,
      ...["cat", "echo", "ls", "nslookup", "sh", "sleep", "timeout", "wget"].map((name) => ({
        path: `/usr/bin/${name}`,
        target: "busybox",
      })),
    ],
    config: { entrypoint: [], cmd: ["sh"], user: NONROOT, env: { PATH: "/usr/bin" } },
  };
}
