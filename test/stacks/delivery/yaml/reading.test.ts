import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readObjects } from "../../../../stacks/delivery/yaml/reading.ts";
import { describePlace } from "../../../../stacks/delivery/yaml/stream.ts";

const remedy = "name a file of YAML or JSON, a folder of them, or - for stdin";
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reading-"));
});

afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function read(...sources: readonly string[]) {
  const { objects, problems } = await readObjects(sources);
  const inFolder = (place: string) => relative(folder, place);
  return {
    objects: objects.map(({ object, at }) => `${inFolder(describePlace(at))} ${object.metadata.name}`),
    problems: problems.map(({ message, at }) => `${inFolder(describePlace(at))} ${message}`),
  };
}

function object(name: string): string {
  return JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
}

test("a folder is read however deep, by the names of its files, links too, and in their order", async () => {
  await file("deep/b/two.yml", object("two"));
  const one = await file("deep/a/one.yaml", `\n${object("one")}`);
  await file("deep/three.json", object("three"));
  await file("deep/notes.txt", "no YAML: [");
  await mkdir(join(folder, "deep/folder.yaml"));
  await symlink(one, join(folder, "deep/link.yaml"));
  expect(await read(join(folder, "deep"))).toEqual({
    objects: [
      "deep/a/one.yaml:2 one",
      "deep/b/two.yml:1 two",
      "deep/link.yaml:2 one",
      "deep/three.json:1 three",
    ],
    problems: [],
  });
});

test("what cannot be read is told, and the rest is read", async () => {
  const good = await file("good.yaml", object("good"));
  const binary = await file("binary.yaml", Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0xfe]));
  const zero = await file("zero.yaml", "a: \0");
  const empty = await file("empty.yaml", "# nothing\n---\n");
  await mkdir(join(folder, "hollow"));
  await symlink("nowhere", join(folder, "dangling.yaml"));
  const others = ["nowhere.yaml", "hollow", "dangling.yaml"].map((name) => join(folder, name));
  expect(await read(...others, binary, zero, empty, good)).toEqual({
    objects: ["good.yaml:1 good"],
    problems: [
      expect.stringMatching(/^nowhere\.yaml cannot be read: ENOENT: .*; name a file/),
      `hollow holds no object; ${remedy}`,
      expect.stringMatching(/^dangling\.yaml cannot be read: ENOENT: .*; name a file/),
      `binary.yaml is no text in UTF-8; ${remedy}`,
      `zero.yaml is no text in UTF-8; ${remedy}`,
      `empty.yaml holds no object; ${remedy}`,
    ],
  });
});

test("of a file of 100 MB little is read, and what comes after it is judged", async () => {
  const block = `---\n${object("x")}\n${"#".repeat(1024 * 1024)}\n`;
  const large = await file("large.yaml", block.repeat(100));
  const good = await file("good.yaml", object("good"));
  const before = process.memoryUsage().rss;
  expect(await read(large, good)).toEqual({
    objects: ["good.yaml:1 good"],
    problems: ["large.yaml more than 64 MiB in all are too much for one run; judge a namespace at a time"],
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
});

test("several that are too much together are read as far as they go", async () => {
  const half = await file("half.yaml", `${object("half")}\n${"#\n".repeat(20 * 1024 * 1024)}`);
  const { objects, problems } = await read(half, half);
  expect(objects).toEqual([]);
  expect(problems).toEqual([
    expect.stringContaining("half.yaml:1 a document may have"),
    expect.stringContaining("more than 64 MiB in all"),
  ]);
});

test("a pipe is read to its end, and no further than the bound", async () => {
  const program = `
    import { readObjects } from ${JSON.stringify(join(import.meta.dirname, "../../../../stacks/delivery/yaml/reading.ts"))};
    console.log(JSON.stringify(await readObjects(["-"])));
  `;
  const told = (shell: string) =>
    new Promise<string>((resolve) => {
      const child = spawn("bash", [
        "-c",
        `${shell} | "$0" --input-type=module -e "$1"`,
        process.execPath,
        program,
      ]);
      let said = "";
      child.stdout.on("data", (chunk) => {
        said += chunk;
      });
      child.on("close", () => resolve(said));
    });
  expect(
    JSON.parse(await told(`(echo '${object("a")}'; sleep 0.1; echo '--- ${object("b")}')`)),
  ).toMatchObject({
    objects: [{ at: { file: "stdin", line: 1 } }, { at: { file: "stdin", line: 2 } }],
    problems: [],
  });
  expect(JSON.parse(await told("yes"))).toMatchObject({
    objects: [],
    problems: [{ at: { file: "stdin" }, message: expect.stringContaining("more than 64 MiB") }],
  });
  expect(JSON.parse(await told("true"))).toMatchObject({
    problems: [{ message: `holds no object; ${remedy}` }],
  });
});
