// Installs the dependencies where they are missing or older than the lock file. Plain JavaScript for the machine's
// own Node (18 and newer), because the Node that runs everything else is one of these dependencies.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(root, "node_modules", ".installed-lock");
const turn = join(root, ".local", "setup.pid");
const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

if (!isInstalled()) inTurn(install);

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
}

/** Two commands in a fresh clone must not both fill node_modules: the second waits, and finds it done. */
function inTurn(action) {
  mkdirSync(dirname(turn), { recursive: true });
  while (!take()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  try {
    if (!isInstalled()) action();
  } finally {
    rmSync(turn, { force: true });
  }
}

function take() {
  try {
    writeFileSync(turn, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isAlive(Number(readFileSync(turn, "utf8")))) rmSync(turn, { force: true });
    return false;
  }
}

function isAlive(pid) {
  try {
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function install() {
  console.error("setup: installing dependencies (npm ci; a minute or two the first time)");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (status === 0) {
    linkCommands();
    return writeFileSync(stamp, lock);
  }
  console.error("setup: npm ci failed; see its message above, mend it, and run the same command again");
  process.exitCode = 3;
}

/** npm links the commands of dependencies only; `npx pulumi` and `npx pressurevalve` are our own. */
function linkCommands() {
  const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const [name, path] of Object.entries(bin)) {
    const link = join(root, "node_modules", ".bin", name);
    rmSync(link, { force: true });
    symlinkSync(join("..", "..", path), link);
  }
}
