import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import { pack } from "tar-stream";
import type { Release } from "../../../tools/toolchain/downloads.ts";

// The cache's place is read once, before anything of the toolchain is loaded.
const machine = await mkdtemp(join(tmpdir(), "pressurevalve-programs-"));
process.env.XDG_CACHE_HOME = machine;
process.env.PATH = [join(machine, "bin"), process.env.PATH].join(delimiter);
const { downloads } = await import("../../../tools/toolchain/downloads.ts");
const { ensurePrograms, areBuilt } = await import("../../../tools/toolchain.ts");

const table = downloads as Record<string, Release>;
const official = { ...table };
const kubectl = Buffer.from("#!/bin/sh\necho official\n");
const tarball = await tarballOf({
  "pulumi/pulumi": "the CLI",
  "../../../../evil": "outside",
  "pulumi/pulumi-language-nodejs": "the host",
});

let server: Server;
let asked: string[];
let said: string[];
let warnings: string[];
let served: Record<string, Buffer>;
beforeAll(async () => {
  await mkdir(join(machine, "bin"));
  // Builds a program by writing its name, and notes what it was asked for.
  const go = `#!/bin/sh\necho "$@" >> ${join(machine, "go.log")}
[ "$1 $2" = "build -n" ] && cat "${machine}/dry-run" >&2
for last; do :; done
while [ $# -gt 0 ]; do [ "$1" = -o ] && [ "$2" != /dev/null ] && echo built > "$2"; shift; done\n`;
  await writeFile(join(machine, "bin", "go"), go);
  await chmod(join(machine, "bin", "go"), 0o755);
  server = createServer(({ method, url = "" }, response) => {
    // Whether the server is there is asked once for all of these tests.
    if (method !== "HEAD") asked.push(url);
    const file = served[url];
    if (file) response.end(file);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
beforeEach(async () => {
  [asked, said, warnings, served] = [[], [], [], {}];
  jest.spyOn(console, "error").mockImplementation((text) => void warnings.push(text));
  for (const name of Object.keys(table)) delete table[name];
  await rm(join(machine, "pressurevalve"), { recursive: true, force: true });
  await rm(join(machine, "go.log"), { force: true });
  await writeFile(join(machine, "dry-run"), "");
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.PRESSUREVALVE_DOWNLOADS;
});
afterAll(async () => {
  Object.assign(table, official);
  server.closeAllConnections();
  server.close();
  await rm(machine, { recursive: true });
});

test("an official binary is downloaded once and needs no Go", async () => {
  offer("kubectl", "/kubectl", kubectl);
  expect(await areBuilt(["kubectl"])).toBe(false);
  const paths = await ensurePrograms(["kubectl"], say);
  expect(await readFile(paths.kubectl)).toEqual(kubectl);
  expect((await stat(paths.kubectl)).mode & 0o777).toBe(0o755);
  expect(await areBuilt(["kubectl"])).toBe(true);
  expect(await ensurePrograms(["kubectl"])).toEqual(paths);
  expect(asked).toEqual(["/kubectl"]);
  expect(await goCalls()).toEqual([]);
});

test("two programs of one archive are one transfer, and nothing else of it reaches the disk", async () => {
  offer("pulumi", "/pulumi.tar.gz", tarball, "pulumi/pulumi");
  offer("pulumi-language-nodejs", "/pulumi.tar.gz", tarball, "pulumi/pulumi-language-nodejs");
  const paths = await ensurePrograms(["pulumi", "pulumi-language-nodejs"], say);
  expect(await readFile(paths.pulumi, "utf8")).toBe("the CLI");
  expect(await readFile(paths["pulumi-language-nodejs"], "utf8")).toBe("the host");
  expect(asked).toEqual(["/pulumi.tar.gz"]);
  const files = (await readdir(machine, { recursive: true, withFileTypes: true })).filter((f) => f.isFile());
  expect(files.map(({ name }) => name).sort()).toEqual(["dry-run", "go", "pulumi", "pulumi-language-nodejs"]);
});

test("a wrong checksum is warned of, nothing of the file stays, and the program is built", async () => {
  offer("kubectl", "/kubectl", kubectl);
  served["/kubectl"] = Buffer.from("#!/bin/sh\necho evil\n");
  const { kubectl: path } = await ensurePrograms(["kubectl"], say);
  expect(await readFile(path, "utf8")).toBe("built\n");
  expect(warnings.join("\n")).toMatch(
    /^warning: http:.*\/kubectl is not the file that it should be:\n {2}expected sha256 \w{64}\n {2}received sha256 \w{64}\nthe file was thrown away: .*; kubectl must be built from source instead$/,
  );
  expect(await readdir(join(machine, "pressurevalve/downloads"))).toEqual([]);
  expect(await readdir(join(machine, "pressurevalve/programs"))).toHaveLength(1);
});

test("what upstream lets one leave out of a build is left out", async () => {
  await ensurePrograms(["prometheus"], say);
  const [call] = (await goCalls()).filter((line) => line.startsWith("build -v"));
  expect(call).toContain("-tags remove_all_sd,enable_kubernetes_sd ");
  expect(call).toContain("-X github.com/prometheus/common/version.Version=3.");
});

test("what a host lacks, or no host gives, is built, and both are told", async () => {
  offer("kubectl", "/kubectl", kubectl);
  offer("crane", "/crane.tar.gz", tarball, "crane");
  delete served["/kubectl"];
  const { port } = new URL(origin());
  table.crane = { version: "v0", platforms: here({ url: "http://crane.invalid/crane", sha256: "00" }) };
  const paths = await ensurePrograms(["kubectl", "crane", "kubelet"], say);
  for (const path of Object.values(paths)) expect(await readFile(path, "utf8")).toBe("built\n");
  expect(said).toContain(
    `http://127.0.0.1:${port}/kubectl was answered 404; kubectl must be built from source instead`,
  );
  expect(said.join("\n")).toMatch(/crane\.invalid cannot be reached \(.*\); crane must be built from source/);
  expect(warnings).toEqual([]);
});

test("an archive without the program is a failure that names it, and leaves nothing", async () => {
  offer("crane", "/crane.tar.gz", tarball, "crane");
  await expect(ensurePrograms(["crane"], say)).rejects.toThrow("the archive holds no file crane");
  expect(await readdir(join(machine, "pressurevalve/programs"))).toEqual([]);
});

test("with PRESSUREVALVE_DOWNLOADS=off nothing is asked for", async () => {
  offer("kubectl", "/kubectl", kubectl);
  process.env.PRESSUREVALVE_DOWNLOADS = "off";
  await ensurePrograms(["kubectl"], say);
  expect(asked).toEqual([]);
  expect(await goCalls()).toHaveLength(2);
});

test("a mirror stands in for the official hosts", async () => {
  const file = { url: "https://dl.example/release/kubectl", sha256: digest(kubectl) };
  table.kubectl = { version: "v0", platforms: here(file) };
  served["/mirror/dl.example/release/kubectl"] = kubectl;
  process.env.PRESSUREVALVE_DOWNLOADS = `${origin()}/mirror`;
  const { kubectl: path } = await ensurePrograms(["kubectl"], say);
  expect(await readFile(path)).toEqual(kubectl);
});

test("what has to be compiled is counted for all programs together, what they share once", async () => {
  const compile = "/go/pkg/tool/compile -o $WORK/_pkg_.a -trimpath";
  const lines = [
    "go: downloading k8s.io/api v0.36.3",
    `${compile} "/src/os=>os;$WORK/b1=>" -p os -std`,
    `${compile} "/mod/k8s.io/api@v0.36.3=>k8s.io/api@v0.36.3;$WORK/b2=>" -p k8s.io/api -lang=go1.26`,
    `${compile} "/tools=>tools;$WORK/b3=>" -p main -lang=go1.26`,
  ];
  await writeFile(join(machine, "dry-run"), lines.map((line) => `${line}\n`).join(""));
  await ensurePrograms(["kubelet", "kube-proxy"], say);
  expect(said).toEqual([
    "4 packages of kubelet, kube-proxy to compile, a few seconds",
    expect.stringMatching(/^building kubelet v1/),
    expect.stringMatching(/^building kube-proxy v1/),
  ]);
});

test("what Go's cache has already is not announced", async () => {
  await ensurePrograms(["kubelet"], say);
  expect(said).toEqual([expect.stringMatching(/^building kubelet v1/)]);
});

test("a program that has to be built without Go says which Go is wanted", async () => {
  const { PATH } = process.env;
  process.env.PATH = "";
  try {
    await expect(ensurePrograms(["metrics-server"])).rejects.toThrow(
      /^metrics-server has to be built, and go is not on PATH; install Go 1\.\d+\.\d+ or newer \(https:\/\/go.dev\/dl\)/,
    );
  } finally {
    process.env.PATH = PATH;
  }
});

function say(line: string): void {
  said.push(line);
}

function offer(name: string, path: string, content: Buffer, member?: string): void {
  const file = { url: `${origin()}${path}`, sha256: digest(content), ...(member ? { member } : {}) };
  table[name] = { version: "v0", platforms: here(file) };
  served[path] = content;
}

function here<File>(file: File): Record<string, File> {
  return { [`${process.platform}-${process.arch}`]: file };
}

function origin(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function digest(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

async function goCalls(): Promise<string[]> {
  const text = await readFile(join(machine, "go.log"), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean);
}

async function tarballOf(files: Record<string, string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}
