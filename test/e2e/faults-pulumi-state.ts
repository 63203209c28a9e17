import { hash } from "node:crypto";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { flagsWithValue, readCommandLine } from "../../tools/pulumi/command-line.ts";
import { succeeded } from "./checkout.ts";
import { fixed, type SmallShop } from "./faults-pulumi-shop.ts";
import { mounted } from "./mount.ts";

export function damagedState(small: () => SmallShop): void {
  let shop: SmallShop;
  let passphrase: string;

  beforeAll(async () => {
    shop = small();
    await shop.behave("upsert");
    await shop.describe({ kite: fixed });
    passphrase = join(shop.folder, ".local", "pulumi", "passphrase");
    succeeded(await shop.start());
  });

  /** Fails with exit code 3 and these words, and leaves every file of the state as it was. */
  async function refused(words: RegExp): Promise<void> {
    const before = await contents(dirname(passphrase));
    const { exitCode, stderr } = await shop.start();
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(3);
    expect(await contents(dirname(passphrase))).toEqual(before);
  }

  test.each([
    ["is cut in half", (text: string) => text.slice(0, text.length / 2)],
    ["is empty", () => ""],
    ["is the JSON of something else", () => '{"a": 1}'],
  ])("a state that %s is refused, and the backup that is named is a whole one", async (_, damaged) => {
    await writeFile(shop.stateFile, damaged(await readFile(shop.stateFile, "utf8")));
    await refused(/dev\.json is no state that Pulumi wrote: .*nothing was changed; .*: cp /);
    const { exitCode, stderr } = await shop.pulumi("preview", "-s", "dev", "--non-interactive");
    expect(exitCode).toBe(3);
    const [, from, to] = /: cp (\S+) (\S+) && /.exec(stderr) ?? [];
    await execa("cp", [from ?? "", to ?? ""]);
    expect((await shop.state()).checkpoint.latest?.resources?.length).toBeGreaterThan(1);
  });

  test("with the backup in its place, refresh and start bring everything back", async () => {
    succeeded(await shop.pulumi("refresh", "-s", "dev", "--yes", "--skip-preview", "--non-interactive"));
    succeeded(await shop.start());
    expect(await shop.faults()).toEqual([]);
  });

  test("without the passphrase nothing is done, and no new one is made", async () => {
    await rename(passphrase, `${passphrase}.away`);
    await refused(/passphrase is gone, and the secrets of the state beside it were encrypted with it/);
    await rename(`${passphrase}.away`, passphrase);
  });

  test("with a wrong passphrase nothing is done", async () => {
    const right = await readFile(passphrase);
    await writeFile(passphrase, "wrong");
    await refused(
      /incorrect passphrase\n.*encrypted with another passphrase than that of .local\/pulumi\/passphrase/s,
    );
    await writeFile(passphrase, right);
  });

  test.each([
    ["-s", "dev", "up"],
    ["-C", ".", "up", "-sdev"],
    ["--color", "never", "watch", "-s=dev"],
    ["up", "-yfs", "dev"],
    ["stack", "rm", "dev", "--yes"],
  ])("however it is spelt, pulumi %s %s %s … is kept from a damaged state", async (...args) => {
    const whole = await readFile(shop.stateFile);
    await writeFile(shop.stateFile, '{"a": 1}');
    const before = await contents(dirname(passphrase));
    const { exitCode, stderr } = await shop.pulumi(...args);
    expect(stderr).toContain("dev.json is no state that Pulumi wrote");
    expect(exitCode).toBe(3);
    expect(await contents(dirname(passphrase))).toEqual(before);
    await writeFile(shop.stateFile, whole);
  });

  test("of all commands of the CLI the kit knows which deploy", async () => {
    const { stdout } = await shop.pulumi("help");
    const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S/gm)].map(([, command = ""]) => command);
    expect(commands.length).toBeGreaterThan(30);
    const deploying = commands.filter((command) => readCommandLine([command]).use === "deployment");
    expect(deploying.sort()).toEqual(["destroy", "do", "import", "refresh", "up", "watch"]);
  });

  test.each([
    ["up"],
    ["destroy"],
    ["refresh"],
    ["import"],
    ["watch"],
    ["preview"],
  ])("of the flags of pulumi %s the kit knows which have a value", async (command) => {
    const { stdout } = await shop.pulumi(command, "--help");
    const flags = [...stdout.matchAll(/^ +(?:-(\w), )? *--([\w-]+)(?: (\S+))? {2,}/gm)];
    expect(flags.length).toBeGreaterThan(20);
    const wrong = flags.filter(([, , name = "", type]) => flagsWithValue.has(name) !== takesValue(type));
    expect(wrong.map(([line]) => line.trim())).toEqual([]);
    const letters = flags.filter(
      ([, letter, name]) => letter !== undefined && `${letter}${name}` !== "ffile",
    );
    const strange = letters.filter(
      ([, letter = "", , type]) => flagsWithValue.has(letter) !== takesValue(type),
    );
    expect(strange.map(([line]) => line.trim())).toEqual([]);
  });

  // Root, as the local cluster needs it, may write what belongs to nobody else, but not what is mounted read-only.
  test("a folder that cannot be written is named", async () => {
    const home = dirname(passphrase);
    const unmount = await mounted(home, "--bind", home);
    try {
      await execa("mount", ["-o", "remount,ro,bind", home]);
      await refused(/pulumi, where the state of this shop lies, cannot be written: EROFS/);
    } finally {
      await unmount();
    }
  });
}

/**
 * `string`, `int`, …; not `string[="true"]`, whose value stands behind an equals sign, and not a switch, which has none or
 * a quoted word of its description.
 */
function takesValue(type: string | undefined): boolean {
  return type !== undefined && type !== "false" && !type.includes("[");
}

/** Every file beneath a folder with the sum of its bytes. */
async function contents(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.sort().map(async (path) => `${path}: ${hash("sha256", await readFile(path))}`));
}
