import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { render } from "../../../../constructs/index.ts";
import { differences } from "../../../../stacks/delivery/diff/index.ts";
import { writeFiles } from "../../../../stacks/delivery/yaml/files.ts";
import { readFolder } from "../../../../stacks/delivery/yaml/folder.ts";
import { guarded, order, resolved } from "../../../constructs/example.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "folder-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

const object = (name: string, more = "") =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n${more}`;

test("what synth writes is read as what was rendered", async () => {
  const rendered = render([resolved(order({ rollout: { kind: "blue-green" } }), guarded)]);
  await writeFiles(join(folder, "production"), rendered);
  const read = await readFolder(join(folder, "production"));
  expect(read.map(({ name }) => name)).toEqual(["order"]);
  expect(read[0]?.manifests).toHaveLength(rendered[0]?.manifests.length ?? 0);
  expect(
    differences(
      read,
      rendered.map(({ name, manifests }) => ({ name, manifests })),
    ),
  ).toEqual([]);
});

test("in a flat folder the label says whose an object is", async () => {
  await write(
    "all.yaml",
    `${object("a", "  labels: { app.kubernetes.io/name: order }\n")}---\n${object("b")}---\n`,
  );
  const read = await readFolder(folder);
  expect(read.map(({ name, manifests }) => [name, manifests.map(({ metadata }) => metadata.name)])).toEqual([
    ["order", ["a"]],
    ["of no service", ["b"]],
  ]);
});

test("a List is its items, and what is meant for kustomize is none", async () => {
  await write(
    "order/list.yml",
    `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Service\n    metadata: { name: a }\n`,
  );
  await write(
    "order/kustomization.yaml",
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n",
  );
  expect(
    (await readFolder(folder)).flatMap(({ manifests }) => manifests.map(({ metadata }) => metadata.name)),
  ).toEqual(["a"]);
});

test.each([
  ["\na: [\n", ":3: cannot be read as YAML: "],
  [
    "\njust: text\n",
    ":2: this is no Kubernetes object: apiVersion, kind, metadata.name is missing or no text;",
  ],
  [
    "apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: a- }\n",
    ":1: metadata.name is missing, and objects are told apart by it; give it one",
  ],
])("what is no object, or has no name, is told with its line: %j", async (text, message) => {
  await write("order/odd.yaml", text);
  await expect(readFolder(folder)).rejects.toThrow(`${join(folder, "order/odd.yaml")}${message}`);
});

test("a folder that is not there is told", async () => {
  await expect(readFolder(join(folder, "none"))).rejects.toMatchObject({
    message: expect.stringMatching(
      /none cannot be read: ENOENT.*; name a folder of YAML, such as the dist\/<environment> that synth writes$/,
    ),
    exitCode: 1,
  });
});
