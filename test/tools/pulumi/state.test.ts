import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { StackFiles } from "../../../tools/pulumi/backend.ts";
import { readState } from "../../../tools/pulumi/state.ts";

let folder: string;
let files: StackFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "state-"));
  const within = (...path: string[]) => join(folder, ...path);
  files = {
    state: within("stacks", "dev.json"),
    backups: [within("stacks", "dev.json.bak"), within("backups"), within("history")],
    locks: within("locks"),
    interrupted: within("interrupted"),
  };
});

afterEach(() => rm(folder, { recursive: true }));

const whole = JSON.stringify({ version: 3, checkpoint: { stack: "dev", latest: { resources: [] } } });

async function write(path: string, text: string | Buffer, age = 0): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  const time = Date.now() / 1000 - age;
  await utimes(path, time, time);
}

/** Every file with its bytes. */
async function contents(): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(paths.sort().map(async (path) => `${path}: ${await readFile(path, "base64")}`));
}

test("a state is read, with or without resources, and none is none", async () => {
  expect(await readState(files)).toBeUndefined();
  await write(files.state, whole);
  expect(await readState(files)).toEqual(JSON.parse(whole));
  await write(files.state, '{"version":3,"checkpoint":{"stack":"dev"}}');
  expect(await readState(files)).toMatchObject({ version: 3 });
});

test.each([
  ["cut in half", whole.slice(0, whole.length / 2), /JSON/],
  ["empty", "", /it is empty/],
  ["blank", "\n", /it is empty/],
  ["no JSON", "<<<<<<< HEAD", /JSON/],
  ["the JSON of something else", '{"a": 1}', /it has no version and checkpoint/],
  ["null", "null", /it has no version and checkpoint/],
  ["a state without its checkpoint", '{"version":3,"checkpoint":null}', /it has no version and checkpoint/],
])("a file that is %s is named, with the backup to bring back, and nothing is written", async (_, text, why) => {
  await write(files.state, text);
  const backup = join(folder, "backups", "dev.1.json");
  await write(backup, whole, 20);
  const before = await contents();
  const refusal = await readState(files).catch((error) => error);
  expect(refusal).toMatchObject({ name: "Fault", exitCode: 3 });
  expect(refusal.message).toMatch(why);
  expect(refusal.message).toContain(`${files.state} is no state that Pulumi wrote`);
  expect(refusal.message).toContain("nothing was changed");
  expect(refusal.message).toContain(`cp ${backup} ${files.state} && npx pulumi refresh -s dev`);
  expect(await contents()).toEqual(before);
});

describe.each([
  [".gz", gzipSync],
  [".zst", zstdCompressSync],
])("a state compressed as %s", (extension, compress) => {
  const compressed = compress(whole);

  beforeEach(() => {
    files = { ...files, state: files.state + extension };
  });

  test("is read", async () => {
    await write(files.state, compressed);
    expect(await readState(files)).toEqual(JSON.parse(whole));
  });

  test("is refused when it is cut in half, and its backup has its compression", async () => {
    await write(files.state, compressed.subarray(0, compressed.length / 2));
    const backup = join(folder, "backups", `dev.1.json${extension}`);
    await write(backup, compressed, 20);
    await expect(readState(files)).rejects.toThrow(
      `cp ${backup} ${files.state} && npx pulumi refresh -s dev`,
    );
  });

  test("may be brought back from a backup without compression, in a file without it", async () => {
    await write(files.state, compressed.subarray(0, 9));
    const backup = join(folder, "backups", "dev.1.json");
    await write(backup, whole, 20);
    await expect(readState(files)).rejects.toThrow(`cp ${backup} ${join(folder, "stacks", "dev.json")} && `);
  });
});

test("the newest backup that is whole is the one to bring back", async () => {
  await write(files.state, "");
  await write(`${files.state}.bak`, whole.slice(0, 9), 1);
  await write(join(folder, "backups", "dev.2.json"), whole, 20);
  await write(join(folder, "backups", "dev.2.json.attrs"), '{"user.cache_control":""}', 2);
  const newest = join(folder, "history", "dev-3.checkpoint.json");
  await write(newest, whole, 10);
  await write(join(folder, "history", "dev-3.history.json"), '{"kind":"update"}', 3);
  await expect(readState(files)).rejects.toThrow(`cp ${newest} `);
});

test("without a whole backup the way to a new beginning is told", async () => {
  await write(files.state, "");
  await write(`${files.state}.bak`, "");
  await expect(readState(files)).rejects.toThrow(
    "there is no whole backup beside it; restore one of yours, or move the file away to begin with an empty state",
  );
});

test("a file that cannot be read is named", async () => {
  await mkdir(files.state, { recursive: true });
  await expect(readState(files)).rejects.toThrow(`${files.state} cannot be read: EISDIR`);
});
