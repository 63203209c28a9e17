import { once } from "node:events";
import { mkdir, readdir, readFile, rm, symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { listeners } from "../../tools/cluster/layout.ts";
import { type Outcome, succeeded } from "./checkout.ts";
import { SmallDisk } from "./mount.ts";
import type { Scene } from "./scene.ts";
import { clusterProcesses, traces } from "./traces.ts";

/** What is wrong with the machine, before anything of the cluster runs. */
export function machine(scene: () => Scene): void {
  let disk: SmallDisk | undefined;

  const removeDisk = async () => {
    await disk?.remove();
    disk = undefined;
  };

  afterEach(removeDisk);

  test("a reset leaves nothing running", async () => {
    succeeded(await scene().checkout.run("npx", "pressurevalve", "cluster", "reset"));
    expect(await traces()).toEqual(scene().before);
  });

  test("ports that another has are told, each of them, with who that is", async () => {
    const others = await Promise.all(
      Object.values(listeners).map(async ({ host, port }) => {
        // The address of the bridge is not there yet; who listens on all addresses has it too.
        const other = createServer().listen(port, host.startsWith("127.") ? host : "0.0.0.0");
        await once(other, "listening");
        return other;
      }),
    );
    const outcome = await scene().checkout.run("npm", "start");
    for (const other of others) other.close();
    expect(outcome.exitCode).toBe(3);
    for (const [name, { host, port }] of Object.entries(listeners))
      expect(outcome.stderr).toContain(`  ${host}:${port} (${name}) by process ${process.pid} (`);
    expect(outcome.stderr).toContain(`end what listens there (kill ${process.pid})`);
    await nothingStarted(scene());
  });

  test("a disk without room for the cluster is told before anything is started", async () => {
    disk = await SmallDisk.over(join(scene().checkout.folder, ".local/cluster"), 64);
    const outcome = await scene().checkout.run("npm", "start");
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toMatch(
      /the local cluster needs \d+ MiB in \S+\.local\/cluster, whose disk has \d\d MiB free; make room there, or/,
    );
    await removeDisk();
    await nothingStarted(scene());
  });

  test("a cache without room is told before anything is built", async () => {
    const cache = join(scene().checkout.folder, ".local/small-cache");
    disk = await SmallDisk.over(cache, 8);
    const outcome = await scene().checkout.runIn({ XDG_CACHE_HOME: cache }, "npm", "start");
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toMatch(
      /needs \d+ MiB in \S+small-cache\S*, whose disk has \d MiB free; .* XDG_CACHE_HOME/,
    );
    await removeDisk();
    await nothingStarted(scene());
  });

  test("a disk that fills while packages are unpacked keeps no half of them", async () => {
    const cache = join(scene().checkout.folder, ".local/small-cache");
    disk = await SmallDisk.over(cache, 64);
    await rm(join(scene().checkout.folder, ".local/images"), { recursive: true, force: true });
    const outcome = await scene().checkout.runIn(
      { XDG_CACHE_HOME: cache },
      "npm",
      "start",
      "--",
      "--archive",
    );
    toldOfFullDisk(outcome);
    const kept = await readdir(join(cache, "pressurevalve/debian"));
    expect(kept.filter((name) => name.includes(".unfinished-"))).toEqual([]);
  });

  test("a disk that fills while images are written keeps no half of them, and with room they are", async () => {
    const { checkout } = scene();
    const images = join(checkout.folder, ".local/images");
    disk = await SmallDisk.over(images, 400);
    for (const name of await readdir(images)) await checkout.run("rm", join(images, name));
    const makeRoom = await disk.fill();
    toldOfFullDisk(await checkout.run("npm", "start", "--", "--archive"));
    expect(await readdir(images)).toEqual(["filler"]);
    await makeRoom();
    succeeded(await checkout.run("npm", "start", "--", "--archive"));
    expect((await readdir(images)).every((name) => name.endsWith(".tar"))).toBe(true);
  });

  test("a disk that fills while synth writes leaves the YAML of before", async () => {
    const { checkout } = scene();
    disk = await SmallDisk.over(join(checkout.folder, "dist"), 2);
    const synth = () => checkout.run("npm", "run", "--silent", "synth", "--", "production");
    succeeded(await synth());
    const before = await texts(join(checkout.folder, "dist"));
    const makeRoom = await disk.fill();
    toldOfFullDisk(await synth());
    await makeRoom();
    expect(await texts(join(checkout.folder, "dist"))).toEqual(before);
    succeeded(await synth());
  });

  test.each([
    ["go", /\bgo is not on PATH; install Go 1\.\d+/],
    ["apt-get", /^apt-get is not on PATH; .* needs Debian, Ubuntu/m],
    ["dpkg-deb", /^dpkg-deb is not on PATH; .* needs Debian, Ubuntu/m],
  ])("a machine without %s is told so", async (program, words) => {
    const { folder } = scene().checkout;
    const env = {
      PATH: await pathWithout(program, join(folder, ".local/path-without", program)),
      XDG_CACHE_HOME: join(folder, ".local/empty-cache", program),
    };
    // Images need Debian's programs, the cluster needs Go.
    if (program !== "go") await rm(join(folder, ".local/images"), { recursive: true, force: true });
    const args = program === "go" ? [] : ["--", "--archive"];
    const outcome = await scene().checkout.runIn(env, "npm", "start", ...args);
    expect(outcome.stderr).toMatch(words);
    expect(outcome.exitCode).toBe(3);
    await nothingStarted(scene());
  });

  test("a machine without git misses nothing", async () => {
    const { checkout } = scene();
    const PATH = await pathWithout("git", join(checkout.folder, ".local/path-without/git"));
    succeeded(await checkout.runIn({ PATH }, "npm", "start", "--", "--archive"));
  });
}

async function nothingStarted({ checkout, before }: Scene): Promise<void> {
  expect(await traces()).toEqual(before);
  expect(await clusterProcesses(checkout.folder)).toEqual([]);
}

function toldOfFullDisk({ exitCode, stderr }: Outcome): void {
  expect(stderr).toMatch(
    /a disk is full; free now:\n( {2}\/.*: \d+ MiB\n)+make room and run the same command again/,
  );
  expect(exitCode).toBe(3);
}

/** Every file beneath a folder with its text. */
async function texts(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = await Promise.all(files.sort().map(async (file) => [file, await readFile(file, "utf8")]));
  return Object.fromEntries(pairs);
}

/** A PATH with every program of this one but one. */
async function pathWithout(program: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const links = new Map<string, string>();
  for (const place of (process.env.PATH ?? "").split(delimiter).reverse())
    for (const name of await readdir(place).catch(() => [])) links.set(name, join(place, name));
  links.delete(program);
  await Promise.all([...links].map(([name, target]) => symlink(target, join(folder, name))));
  return folder;
}
