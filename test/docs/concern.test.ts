import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { Checkout } from "../e2e/checkout.ts";
import { type Block, blocksOf } from "./markdown.ts";

const blocks = blocksOf("docs/tasks/add-a-concern.md").filter(({ language }) => language === "ts");
const minutes = 60_000;
let checkout: Checkout;

beforeAll(async () => {
  checkout = await Checkout.make();
  for (const block of blocks) await follow(block);
}, 5 * minutes);

afterAll(() => checkout.remove(), 5 * minutes);

/** Does what a reader of the page does: writes a file, or puts lines after the one that is named. */
async function follow({ at, mark, text }: Block): Promise<void> {
  const [, file] = /^file (\S+)$/.exec(mark) ?? [];
  if (file !== undefined) {
    await mkdir(dirname(join(checkout.folder, file)), { recursive: true });
    return writeFile(join(checkout.folder, file), `${text}\n`);
  }
  const [, path = "", anchor] = /^in (\S+) after (.*)$/.exec(mark) ?? [];
  if (anchor === undefined) throw new Error(`${at}: says neither file nor place`);
  await checkout.edit(path, (before) => {
    const parts = before.split(`${anchor}\n`);
    if (parts.length !== 2)
      throw new Error(`${at}: ${path} has the line ${parts.length - 1} times: ${anchor}`);
    return [parts[0], `${anchor}\n${text}\n`, parts[1]].join("");
  });
}

test(
  "the compiler takes what the page adds",
  async () => {
    expect(blocks.length).toBeGreaterThan(8);
    const { all } = await inCheckout("node_modules/.bin/tsc");
    expect(all).toBe("");
  },
  5 * minutes,
);

test(
  "the page's own tests pass",
  async () => {
    const { exitCode, all } = await inCheckout(
      process.execPath,
      ...["--experimental-vm-modules", "node_modules/jest/bin/jest.js"],
      ...["--selectProjects", "fast", "--testPathPatterns", "vertical-scaling"],
    );
    expect([exitCode, exitCode === 0 ? "" : all]).toEqual([0, ""]);
    expect(all).toContain("4 passed");
  },
  5 * minutes,
);

test(
  "until a test sets the new field, the reference says that it is not proven",
  async () => {
    const { stdout } = await inCheckout(process.execPath, "docs/reference/write.ts", "--print");
    expect(stdout).toMatch(/### verticalScaling\n(?:(?!###)[\s\S])*not proven at all/);
  },
  5 * minutes,
);

function inCheckout(command: string, ...args: string[]) {
  return execa(command, args, { cwd: checkout.folder, all: true, reject: false });
}
