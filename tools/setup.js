// Installs the dependencies where they are missing or older than the lock file. Plain JavaScript for the machine's
// own Node (18 and newer), because the Node that runs everything else is one of these dependencies.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".installed-lock");
const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) install();

function install() {
  console.error("setup: installing dependencies (npm ci; a minute or two the first time)");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    console.error("setup: npm ci failed; see its message above, mend it, and run the same command again");
    process.exit(3);
  }
  writeFileSync(stamp, lock);
}
