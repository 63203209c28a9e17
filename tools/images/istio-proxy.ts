import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { rootCertificates } from "node:tls";
import { ensureEnvoy } from "../envoy.ts";
import { ensurePrograms, moduleFile } from "../toolchain.ts";
import { LIBRARIES, type Recipe } from "./recipe.ts";

/** The user that istio-cni leaves out of the redirection, so that a proxy's own traffic does not come back to it. */
const PROXY = "1337:1337";

/** Whom a call out of the mesh may trust: the authorities of Mozilla's list, which Node brings, where Debian has them. */
export const authorities = {
  path: "/etc/ssl/certs/ca-certificates.crt",
  content: `${rootCertificates.join("\n")}\n`,
};

/** The recipe of the sidecar: pilot-agent, Envoy with the C library that it needs, and Istio's template of a bootstrap. */
export async function istioProxyRecipe(): Promise<Recipe> {
  const [{ "pilot-agent": agent }, envoy, bootstrap] = await Promise.all([
    ensurePrograms(["pilot-agent"]),
    ensureEnvoy(),
    moduleFile("pilot-agent", "tools/packaging/common/envoy_bootstrap.json"),
  ]);
  return {
    packages: ["libc6"],
    keep: [LIBRARIES],
    programs: [
      // The folder in the cache is named by the program's content.
      { path: "/usr/local/bin/pilot-agent", source: agent, identity: basename(dirname(agent)) },
      { path: "/usr/local/bin/envoy", source: envoy.path, identity: envoy.identity },
    ],
    files: [
      {
        path: "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json",
        content: await readFile(bootstrap, "utf8"),
      },
      authorities,
    ],
    // The lifecycle hooks that istiod injects run `pilot-agent` by name.
    config: { entrypoint: ["/usr/local/bin/pilot-agent"], user: PROXY, env: { PATH: "/usr/local/bin" } },
  };
}
