import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Kernel settings by their path under /proc/sys. */
type KernelSettings = Readonly<Record<string, string>>;

/** What the cluster sets for the whole machine, most of it the kubelet. A developer's machine gets it back. */
export const changedSettings = [
  "kernel/panic",
  "kernel/panic_on_oops",
  "net/bridge/bridge-nf-call-iptables",
  "vm/overcommit_memory",
];

/** The values that these settings have now, those left out whose files are not there. */
export async function readSettings(names: readonly string[]): Promise<KernelSettings> {
  const values = await Promise.all(
    names.map((name) => readFile(pathOf(name), "utf8").catch(() => undefined)),
  );
  const pairs = names.map((name, at) => [name, values[at]?.trim()] as const);
  return Object.fromEntries(pairs.filter((pair) => pair[1] !== undefined)) as KernelSettings;
}

/** Sets them; one whose file is gone, as an interface's, is passed over. */
export async function writeSettings(settings: KernelSettings): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await writeFile(pathOf(name), value).catch((error) => {
      if (error.code !== "ENOENT") {
        throw error;
      }
    });
  }
}

function pathOf(name: string): string {
  return join("/proc/sys", name);
}
