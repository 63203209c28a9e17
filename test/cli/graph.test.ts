import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { services } from "../../services/index.ts";
import { renderShop } from "../../stacks/delivery/index.ts";
import { writeFiles } from "../../stacks/delivery/yaml/files.ts";
import { environments } from "../../stacks/environments.ts";

const root = join(import.meta.dirname, "../..");

function graph(...args: string[]) {
  return execa(process.execPath, ["cli/main.ts", "graph", ...args], {
    cwd: root,
    reject: false,
    stdin: "ignore",
  });
}

test("a pipe gets the table without colours, and nothing on stderr", async () => {
  const { exitCode, stdout, stderr } = await graph("-s", "production");
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^production: 5 services, \d+ calls\n/);
  expect(stdout).toMatch(/^order -> inventory +\d/m);
  expect(stdout).not.toContain("\u001b");
});

test("a program gets the same as JSON", async () => {
  const { stdout } = await graph("-s", "dev", "--json");
  const { environment, calls, chains } = JSON.parse(stdout);
  expect(environment).toBe("dev");
  expect(calls[0]).toMatchObject({ caller: "order", callee: "inventory" });
  expect(chains.worst).toHaveLength(chains.total);
});

test.each([
  ["mermaid", /^flowchart LR\n/],
  ["dot", /^digraph "production" \{\n/],
])("%s is a picture", async (format, start) => {
  expect((await graph("-s", "production", "--format", format)).stdout).toMatch(start);
});

test.each([
  [[], "no environment is named; add one, such as -s production"],
  [["-s", "prodction"], "environment prodction is unknown; did you mean production?"],
  [["-s", "dev", "--format", "svg"], "format svg is unknown; there are text, mermaid, dot"],
])("%j is refused", async (args, words) => {
  expect(await graph(...args)).toMatchObject({ exitCode: 1, stdout: "", stderr: words });
});

describe("--verify", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "graph-"));
    const shop = renderShop({ services }, environments.production);
    writeFiles(folder, shop);
  });

  afterAll(() => rm(folder, { recursive: true }));

  test("what would be rendered leaves open what is declared", async () => {
    const { exitCode, stdout } = await graph("-s", "production", "--verify");
    expect([exitCode, stdout.split("\n")[0]]).toEqual([
      0,
      "production: what the objects leave open is what is declared",
    ]);
  });

  test("a folder of GitOps is judged, and what somebody has added to it by hand", async () => {
    expect(await graph("-s", "production", "--verify", folder)).toMatchObject({ exitCode: 0, stderr: "" });
    const byHand = join(folder, "by-hand.yaml");
    await writeFile(
      byHand,
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: debug, namespace: production-payment }\n" +
        "spec: { podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }] }] }\n",
    );
    const { exitCode, stdout } = await graph("-s", "production", "--verify", folder);
    const json = await graph("-s", "production", "--verify", "--json", folder);
    await rm(byHand);
    expect(exitCode).toBe(2);
    expect(stdout).toContain(
      "\n    open, not declared: (*)/* -> production-payment/payment/service, any port\n",
    );
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout).layers[1].openNotDeclared).toContainEqual({
      from: "(*)/*",
      to: "production-payment/payment/service",
      port: "any",
      request: "any",
    });
  });

  test("stdin is read where a file is called -", async () => {
    const { stdout, exitCode } = await execa(
      process.execPath,
      ["cli/main.ts", "graph", "-s", "dev", "--verify", "-"],
      {
        cwd: root,
        reject: false,
        input: "apiVersion: v1\nkind: Namespace\nmetadata: { name: dev-order }\n",
      },
    );
    expect(exitCode).toBe(2);
    expect(stdout).toContain("pods that no object makes\n    dev-order/order/service\n");
  });

  test.each([
    [
      ["nowhere.yaml"],
      /^nowhere\.yaml cannot be read: ENOENT.*; name a file of YAML, a folder, or - for stdin$/,
    ],
    [
      ["package.json"],
      /^package\.json:1: this is no Kubernetes object: apiVersion, kind, metadata\.name is missing or no text;/,
    ],
  ])("%j is refused", async (files, words) => {
    const { exitCode, stderr } = await graph("-s", "dev", "--verify", ...files);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(words);
  });
});
