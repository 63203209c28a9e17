import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Pack, pack } from "tar-stream";
import { extractMember } from "../../../tools/toolchain/tarball.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "pressurevalve-tarball-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a member is written under the name that we choose, whatever the archive calls it", async () => {
  for (const name of ["crane", "./crane"]) {
    await archive((tar) => tar.entry({ name }, "the program"));
    await extractMember(join(folder, "a.tgz"), "crane", join(folder, "program"));
    expect(await readFile(join(folder, "program"), "utf8")).toBe("the program");
    await rm(join(folder, "program"));
  }
});

test("of two members of one name the first one counts", async () => {
  await archive((tar) => {
    tar.entry({ name: "crane" }, "first");
    tar.entry({ name: "crane" }, "second");
  });
  await extractMember(join(folder, "a.tgz"), "crane", join(folder, "program"));
  expect(await readFile(join(folder, "program"), "utf8")).toBe("first");
});

test("names that lead out of the archive, and links, are never followed", async () => {
  await archive((tar) => {
    tar.entry({ name: "../escaped" }, "evil");
    tar.entry({ name: "/tmp/pressurevalve-escaped" }, "evil");
    tar.entry({ name: "crane", type: "symlink", linkname: "/etc/passwd" });
  });
  await expect(extractMember(join(folder, "a.tgz"), "crane", join(folder, "program"))).rejects.toThrow(
    "the archive holds no file crane",
  );
  expect(await readdir(folder)).toEqual(["a.tgz"]);
  expect(await readdir(join(folder, ".."))).not.toContain("escaped");
});

test("an archive that is cut off is an error", async () => {
  await archive((tar) => tar.entry({ name: "crane" }, "the program".repeat(1000)));
  const whole = await readFile(join(folder, "a.tgz"));
  await writeFile(join(folder, "a.tgz"), whole.subarray(0, whole.length / 2));
  await expect(extractMember(join(folder, "a.tgz"), "crane", join(folder, "program"))).rejects.toThrow();
});

async function archive(fill: (tar: Pack) => void): Promise<void> {
  const tar = pack();
  fill(tar);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  await writeFile(join(folder, "a.tgz"), gzipSync(Buffer.concat(chunks)));
}
