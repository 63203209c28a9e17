import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { execa } from "execa";

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
