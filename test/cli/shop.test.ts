import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { exists } from "../../tools/cache.ts";
import { kitRoot } from "../../tools/shop-root.ts";

let shop: string;
beforeEach(async () => {
  shop = await mkdtemp(join(tmpdir(), "pressurevalve-shop-"));
  for (const part of ["services", "stacks"])
    await cp(join(kitRoot, "starter", part), join(shop, part), { recursive: true });
  await writeFile(join(shop, "package.json"), '{ "private": true, "type": "module" }');
  await mkdir(join(shop, "node_modules"));
  await symlink(kitRoot, join(shop, "node_modules", "pressurevalve"));
});
afterEach(() => rm(shop, { recursive: true }));

function run(folder: string, file: string, ...args: string[]) {
  return execa(process.execPath, [file, ...args], {
    cwd: join(shop, folder),
    reject: false,
    stdin: "ignore",
  });
}

function synth(folder = ".", ...args: string[]) {
  return run(folder, join(kitRoot, "cli", "main.ts"), "synth", "production", ...args);
}

async function edit(file: string, piece: string, instead: string): Promise<void> {
  const text = await readFile(join(shop, file), "utf8");
  if (!text.includes(piece)) throw new Error(`${file} holds no ${piece}`);
  await writeFile(join(shop, file), text.replace(piece, instead));
}

test("from within the shop it is written where it always is, and named as seen from there", async () => {
  const { exitCode, stdout } = await synth("services", "--json");
  expect(exitCode).toBe(0);
  const { files, sequence } = JSON.parse(stdout);
  expect(files[0]).toBe("../dist/production/catalogue/0-namespace.yaml");
  expect(sequence[0]).toBe("kubectl apply -f ../dist/production/catalogue/0-namespace.yaml");
  expect(await exists(join(shop, "dist/production/catalogue/0-namespace.yaml"))).toBe(true);
  expect((await run("stacks", "synth.ts")).exitCode).toBe(0);
  expect(await exists(join(shop, "dist/staging"))).toBe(true);
  for (const folder of ["services", "stacks"]) expect(await exists(join(shop, folder, "dist"))).toBe(false);
});

const whole = "{ services, environments }";

test.each([
  [
    "5",
    `stacks/shop.ts: shop is 5, but must hold services and environments; write export const shop = ${whole} satisfies Shop`,
  ],
  ["{ environments }", "shop: services is missing, but must be a list; list what service(…) makes"],
  [
    '{ services, environments: ["dev"] }',
    'shop: environments is ["dev"], but must hold at least one environment by its name; write for example { dev, production }',
  ],
  [
    '{ services: [undefined, { name: "" }], environments: {} }',
    "services[0]: name is missing: it must be a DNS label; make it with service(name, description)\n" +
      'services[1]: name is "", but must be a DNS label; make it with service(name, description)\n' +
      "shop: environments is {}, but must hold at least one environment by its name; write for example { dev, production }",
  ],
  [
    "{ services, environments: { ...environments, prod: environments.production, none: null } }",
    "shop: environments.prod.name is production, but is listed as prod; give both the same name\n" +
      "shop: environments.none.name is missing, but is listed as none; give both the same name",
  ],
])("a shop that is none is the shop's own error: %s", async (exported, words) => {
  await edit("stacks/shop.ts", `${whole} satisfies Shop`, exported);
  expect(await synth()).toMatchObject({ exitCode: 1, stdout: "", stderr: words });
  expect(await run(".", "stacks/synth.ts")).toMatchObject({ exitCode: 1, stderr: words });
  const explained = run(".", join(kitRoot, "cli", "main.ts"), "explain", "catalogue", "spec.replicas");
  expect(await explained).toMatchObject({ exitCode: 1, stderr: words });
});

describe("a pitfall of microservices", () => {
  const spare =
    "catalogue: spare-waiver: its waiver of deep-chain waives nothing; it would hide the next one; take it out";

  beforeEach(() =>
    edit(
      "services/catalogue.ts",
      'owner: "',
      'waivers: [{ pitfall: "deep-chain", reason: "as a test" }],\n  owner: "',
    ),
  );

  test("is told on stderr, and stops nothing", async () => {
    const { exitCode, stdout, stderr } = await synth();
    expect(exitCode).toBe(0);
    expect(stderr.split("\n")).toContain(`warning: ${spare}`);
    expect(stdout).toMatch(/^set -e\n/);
    const all = await run(".", "stacks/synth.ts");
    expect(all.exitCode).toBe(0);
    expect(all.stderr.split("\n")).toContain(`warning: production: ${spare}`);
  });

  test("is told to a program in a line of its own, and in the graph's document", async () => {
    const { stdout, stderr } = await synth(".", "--json");
    expect(Object.keys(JSON.parse(stdout))).toEqual(["files", "secrets", "sequence", "platform", "policies"]);
    const line = stderr.split("\n").find((one) => one.startsWith('{"warnings":')) ?? "";
    expect(JSON.parse(line).warnings).toMatchObject([{ id: "spare-waiver", service: "catalogue" }]);
    const graph = await run(".", join(kitRoot, "cli", "main.ts"), "graph", "-s", "production", "--json");
    expect(JSON.parse(graph.stdout).pitfalls).toEqual(JSON.parse(line).warnings);
    expect(graph.stderr).toBe("");
  });

  test("is told with the graph", async () => {
    const graph = await run(".", join(kitRoot, "cli", "main.ts"), "graph", "-s", "production");
    expect(graph).toMatchObject({ exitCode: 0, stderr: `warning: ${spare}` });
  });
});
