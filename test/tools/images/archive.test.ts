import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { extract, type Header } from "tar-stream";
import { folderEntries, type Image, type LayerEntry, writeArchive } from "../../../tools/images/archive.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "archive-"));
});
afterEach(() => rm(folder, { recursive: true }));

const greeting: LayerEntry[] = [
  { path: "/usr/bin/greet", content: "#!/bin/sh\necho hello\n", mode: 0o755 },
  { path: "/bin", target: "usr/bin" },
];

test("the same image gives the same bytes, in whatever order and at whatever time", async () => {
  await writeArchive(join(folder, "one.tar"), imageOf([greeting]));
  await writeArchive(join(folder, "two.tar"), imageOf([greeting.toReversed()]));
  expect(await readFile(join(folder, "two.tar"))).toEqual(await readFile(join(folder, "one.tar")));
});

test("a layer carries every parent folder, no times, and the modes that were asked for", async () => {
  const [layer] = await layersOf(imageOf([greeting]));
  expect(layer?.map(({ header: { name, type, mode } }) => [name, type, mode])).toEqual([
    ["bin", "symlink", 0o777],
    ["usr/", "directory", 0o755],
    ["usr/bin/", "directory", 0o755],
    ["usr/bin/greet", "file", 0o755],
  ]);
  expect(layer?.every(({ header }) => header.mtime.getTime() === 0)).toBe(true);
});

test("the config names each layer by the digest of its bytes, and the manifest the config by its own", async () => {
  const image = imageOf([greeting, [{ path: "/etc/name", content: "x" }]]);
  const files = await filesOf(image);
  const [{ Config, Layers, RepoTags }] = JSON.parse(`${files.get("manifest.json")}`);
  const config = JSON.parse(`${files.get(Config)}`);
  expect(RepoTags).toEqual(["pressurevalve.local/greeting:1"]);
  expect(Config).toBe(`${sha256(files.get(Config))}.json`);
  expect(config.rootfs.diff_ids).toEqual(Layers.map((name: string) => `sha256:${sha256(files.get(name))}`));
  expect(config.config).toMatchObject({ Entrypoint: ["/bin/greet"], Env: ["LANG=C"], User: "65532:65532" });
});

test("two equal layers are one file that the manifest names twice", async () => {
  const files = await filesOf(imageOf([greeting, greeting]));
  const [{ Layers }] = JSON.parse(`${files.get("manifest.json")}`);
  expect(Layers).toHaveLength(2);
  expect([...files.keys()].filter((name) => name.endsWith("layer.tar"))).toHaveLength(1);
});

test("a folder is packed under a prefix with its links, and as somebody's", async () => {
  const source = join(folder, "source");
  await mkdir(join(source, "data"), { recursive: true });
  await writeFile(join(source, "data", "file"), "content");
  await utimes(join(source, "data", "file"), 1000, 1000);
  await symlink("data/file", join(source, "link"));
  const [layer] = await layersOf(imageOf([await folderEntries(source, "/opt", { uid: 7, gid: 8 })]));
  const described = layer?.map(({ header: { name, linkname, uid, gid } }) => [
    name,
    linkname ?? null,
    uid,
    gid,
  ]);
  expect(described).toEqual([
    ["opt/", null, 0, 0],
    ["opt/data/", null, 7, 8],
    ["opt/data/file", null, 7, 8],
    ["opt/link", "data/file", 7, 8],
  ]);
  expect(`${layer?.find(({ header }) => header.name === "opt/data/file")?.content}`).toBe("content");
});

test("an archive that cannot be finished leaves nothing behind", async () => {
  const broken = imageOf([[{ path: "/missing", source: join(folder, "missing") }]]);
  await expect(writeArchive(join(folder, "broken.tar"), broken)).rejects.toThrow("ENOENT");
  expect(await readdir(folder)).toEqual([]);
});

function imageOf(layers: Image["layers"]): Image {
  const config = { entrypoint: ["/bin/greet"], env: { LANG: "C" }, user: "65532:65532" };
  return { reference: "pressurevalve.local/greeting:1", layers, config };
}

interface Entry {
  readonly header: Header;
  readonly content: Buffer;
}

async function filesOf(image: Image): Promise<Map<string, Buffer>> {
  const path = join(folder, "image.tar");
  await writeArchive(path, image);
  const entries = await entriesOf(createReadStream(path));
  return new Map(entries.map(({ header, content }) => [header.name, content]));
}

async function layersOf(image: Image): Promise<Entry[][]> {
  const files = await filesOf(image);
  const [{ Layers }] = JSON.parse(`${files.get("manifest.json")}`);
  return Promise.all(Layers.map((name: string) => entriesOf(Readable.from([files.get(name)]))));
}

async function entriesOf(tar: NodeJS.ReadableStream): Promise<Entry[]> {
  const entries: Entry[] = [];
  const unpacked = extract();
  tar.pipe(unpacked as unknown as NodeJS.WritableStream);
  for await (const entry of unpacked) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry) {
      chunks.push(chunk as Uint8Array);
    }
    entries.push({ header: entry.header, content: Buffer.concat(chunks) });
  }
  return entries;
}

function sha256(content: Buffer | undefined): string {
  return createHash("sha256")
    .update(content ?? "")
    .digest("hex");
}
