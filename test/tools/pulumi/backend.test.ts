import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { backendUrl, stackFiles } from "../../../tools/pulumi/backend.ts";

let shop: string;

beforeEach(async () => {
  shop = await mkdtemp(join(tmpdir(), "backend-"));
  await writeFile(join(shop, "Pulumi.yaml"), "name: mountainpass\n");
});

afterEach(() => rm(shop, { recursive: true }));

const { homedir } = userInfo();

test.each([
  ["file:///var/state", "/var/state"],
  ["file:///var/the%20state", "/var/the state"],
  ["file:///var/state?no_tmp_dir=true", "/var/state"],
  ["file://~", homedir],
  ["file://~/state", join(homedir, "state")],
])("the files of %s are those in %s", async (given, folder) => {
  const url = backendUrl({ PULUMI_BACKEND_URL: given }, shop);
  expect(url?.startsWith("file:///")).toBe(true);
  const files = await stackFiles("dev", url, shop);
  expect(files?.state).toBe(join(folder, ".pulumi/stacks/mountainpass/dev.json"));
});

test.each([
  ["file://.", ""],
  ["file://./state", "state"],
  ["file://state/of/mine", "state/of/mine"],
  ["file://../state", "../state"],
])("%s is a folder of the shop's, from wherever in it a command is given", async (given, folder) => {
  const files = await stackFiles("dev", backendUrl({ PULUMI_BACKEND_URL: given }, shop), shop);
  expect(files?.locks).toBe(join(shop, folder, ".pulumi/locks/organization/mountainpass/dev"));
});

test("what Pulumi is told besides the folder, it is told", () => {
  const url = backendUrl({ PULUMI_BACKEND_URL: "file://./state?no_tmp_dir=false" }, shop);
  expect(url).toBe(`file://${shop}/state?no_tmp_dir=false`);
});

test("without a backend of the user's it is the shop's own folder, and none with a token of Pulumi Cloud", () => {
  expect(backendUrl({}, shop)).toBe(`file://${shop}/.local/pulumi`);
  expect(backendUrl({ PULUMI_BACKEND_URL: "" }, "/the shop")).toBe("file:///the%20shop/.local/pulumi");
  expect(backendUrl({ PULUMI_ACCESS_TOKEN: "pul-1" }, shop)).toBeUndefined();
});

test("a backend that is no folder of this machine has no files", async () => {
  const url = backendUrl({ PULUMI_BACKEND_URL: "s3://state?region=eu-central-1" }, shop);
  expect(url).toBe("s3://state?region=eu-central-1");
  expect(await stackFiles("dev", url, shop)).toBeUndefined();
});

test("a folder that is no URL is told", () => {
  expect(() => backendUrl({ PULUMI_BACKEND_URL: "file:///100%" }, shop)).toThrow(
    "PULUMI_BACKEND_URL is file:///100%, and its folder holds a % that encodes nothing; write it as %25",
  );
});

test.each([
  [undefined, "is missing; bring it back, or go to the folder of your shop"],
  ["name: [", "is no YAML: "],
  ["", "is no YAML: "],
  ["~", "has no name; begin it with that of the project, such as name: my-shop"],
  ["runtime: nodejs", "has no name; begin it with that of the project, such as name: my-shop"],
])("a project of which nobody knows the name is the shop's own error: %j", async (text, words) => {
  const file = join(shop, "Pulumi.yaml");
  await (text === undefined ? rm(file) : writeFile(file, text));
  const message = expect.stringContaining(`${file} ${words}`);
  await expect(stackFiles("dev", backendUrl({}, shop), shop)).rejects.toMatchObject({ exitCode: 1, message });
});

test("of a state in several compressions it is the one that was written last", async () => {
  const folder = join(shop, ".local/pulumi/.pulumi/stacks/mountainpass");
  await mkdir(folder, { recursive: true });
  const state = async () => (await stackFiles("dev", backendUrl({}, shop), shop))?.state;
  for (const [age, name] of ["dev.json.zst", "dev.json", "dev.json.gz"].entries()) {
    const time = Date.now() / 1000 - 100 + age;
    await writeFile(join(folder, name), "");
    await utimes(join(folder, name), time, time);
    expect(await state()).toBe(join(folder, name));
  }
});
