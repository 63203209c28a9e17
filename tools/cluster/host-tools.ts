import { join } from "node:path";
import { execa } from "execa";
import { areUnpacked, unpackPackages } from "../debian.ts";
import { Fault } from "../fault.ts";

const packages = ["containerd", "runc", "containernetworking-plugins", "nftables", "iproute2", "openssl"];

/** The programs from Debian that the cluster runs on this machine. */
export interface HostTools {
  /** The environment in which they find each other and their libraries. */
  readonly env: { readonly PATH: string; readonly LD_LIBRARY_PATH: string };
  /** The folder of the CNI plugins. */
  readonly plugins: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** The tools from the machine's cache, downloaded and unpacked when they are not there. */
export async function hostTools(say: (line: string) => void = () => {}): Promise<HostTools> {
  const { folder, versions } = await unpackPackages(packages, { dependencies: "missing", say });
  const architecture = process.arch === "x64" ? "x86_64" : "aarch64";
  const programs = ["usr/sbin", "usr/bin", "sbin", "bin"].map((name) => join(folder, name));
  const libraries = ["usr/lib", "lib"].map((name) => join(folder, name, `${architecture}-linux-gnu`));
  return {
    env: { PATH: [...programs, process.env.PATH].join(":"), LD_LIBRARY_PATH: libraries.join(":") },
    plugins: join(folder, "usr/lib/cni"),
    versions,
  };
}

/** Whether the tools are in the machine's cache. */
export function areHostToolsThere(): Promise<boolean> {
  return areUnpacked(packages, { dependencies: "missing" });
}

/**
 * Runs one of the tools and returns what it printed. A failure whose words match `unless` is none.
 *
 * @throws Fault with the tool's own words
 */
export async function runTool(
  tools: HostTools,
  program: string,
  args: readonly string[],
  unless?: RegExp,
): Promise<string> {
  const result = await execa(program, args, { env: tools.env, reject: false });
  if (result.failed && !unless?.test(result.stderr)) {
    throw new Fault(`${program} ${args.join(" ")} failed: ${result.stderr || result.shortMessage}`, 3);
  }
  return result.stdout;
}
