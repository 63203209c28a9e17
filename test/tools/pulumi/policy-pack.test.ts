import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { load } from "js-yaml";
import { translatePolicyPacks } from "../../../tools/pulumi/policy-pack.ts";

let pack: string;
let copies: string;

beforeEach(async () => {
  pack = await mkdtemp(join(tmpdir(), "pack-"));
  copies = await mkdtemp(join(tmpdir(), "copies-"));
});

afterEach(async () => {
  await rm(pack, { recursive: true });
  await rm(copies, { recursive: true });
});

function describePack(runtime: string): Promise<void> {
  return writeFile(
    join(pack, "PulumiPolicy.yaml"),
    `description: rules\nruntime: ${runtime}\nmain: index.js\n`,
  );
}

async function translated(copy: string | undefined): Promise<unknown> {
  return load(await readFile(join(copy ?? "", "PulumiPolicy.yaml"), "utf8"));
}

test("a pack for Node is handed over under a runtime that leads back to it", async () => {
  await describePack("nodejs");
  const args = await translatePolicyPacks(["preview", "--policy-pack", pack, "--stack", "dev"], copies);
  expect(args.toSpliced(2, 1)).toEqual(["preview", "--policy-pack", "--stack", "dev"]);
  expect(await translated(args[2])).toEqual({
    description: "rules",
    runtime: { name: "pressurevalve", options: { pack } },
    main: "index.js",
  });
});

test("the option may carry its value after an equals sign", async () => {
  await describePack("nodejs");
  const [arg = ""] = await translatePolicyPacks([`--policy-pack=${pack}`], copies);
  expect(await translated(arg.replace("--policy-pack=", ""))).toMatchObject({
    runtime: { options: { pack } },
  });
});

test("a pack of another runtime stays as it is", async () => {
  await describePack("opa");
  expect(await translatePolicyPacks(["--policy-pack", pack], copies)).toEqual(["--policy-pack", pack]);
});

test("other options stay as they are, the pack's configuration too", async () => {
  const args = ["up", "--policy-pack-config", "strict.json", "--yes"];
  expect(await translatePolicyPacks(args, copies)).toEqual(args);
});

test("a folder that is no pack is named", async () => {
  await expect(translatePolicyPacks(["--policy-pack", pack], copies)).rejects.toThrow(
    `${pack} is no policy pack: it has no PulumiPolicy.yaml; name the folder of a pack; the kit's is policies`,
  );
});
