import { expect, test } from "@jest/globals";
import { downloads } from "../../../tools/toolchain/downloads.ts";
import { type ProgramName, versionOf } from "../../../tools/toolchain/program.ts";

const names = Object.keys(downloads) as ProgramName[];

/** Where go.mod cannot name the release, the version that it names stands for it. */
const standIns: Partial<Record<ProgramName, string>> = {
  "pulumi-language-nodejs": "v3.68.0",
  "pulumi-resource-kubernetes": "v4.0.0-20260115033456-f47bc2d6f199",
};

test.each(names)("%s is downloaded in the version that is built elsewhere", async (name) => {
  expect(await versionOf(name)).toBe(standIns[name] ?? downloads[name]?.version);
});

test("the language host is of the same release as the CLI", () => {
  expect(downloads["pulumi-language-nodejs"]?.version).toBe(downloads.pulumi?.version);
});

test.each(names)("every file of %s is of that version, over HTTPS, with a whole SHA-256", (name) => {
  const { version, platforms } = downloads[name] as NonNullable<(typeof downloads)[ProgramName]>;
  const files = Object.values(platforms).flatMap((file) => file ?? []);
  expect(files.length).toBeGreaterThan(0);
  for (const { url, sha256, member } of files) {
    expect(url).toMatch(/^https:\/\//);
    expect(url).toContain(version);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(member !== undefined).toBe(url.endsWith(".tar.gz"));
  }
  expect(new Set(files.map(({ sha256 }) => sha256)).size).toBe(files.length);
});
