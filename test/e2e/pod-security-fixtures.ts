import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { KubernetesObject } from "../../policies/judgement/judge.ts";
import type { Rule } from "../../policies/rule.ts";
import { baseline, restricted } from "../../policies/rules/pod-security/index.ts";
import { moduleFolder } from "../../tools/toolchain.ts";
import { objects } from "../policies/examples.ts";

/** A level of the Pod Security Standards, and the rules that are it. */
export interface Standard {
  readonly level: string;
  readonly rules: readonly Rule[];
}

export const standards: readonly Standard[] = [
  { level: "baseline", rules: baseline },
  { level: "restricted", rules: [...baseline, ...restricted] },
];

/** A pod of Kubernetes' own tests of its admission by standard. */
export interface Fixture {
  readonly file: string;
  readonly pod: KubernetesObject;
  readonly passes: boolean;
}

/** Those of a level, of the newest version that Kubernetes has tests for. */
export async function fixtures({ level }: Standard): Promise<readonly Fixture[]> {
  const module = await moduleFolder("kubernetes", "k8s.io/pod-security-admission");
  const folder = join(module, "test", "testdata", level);
  const versions = (await readdir(folder)).sort((one, other) =>
    one.localeCompare(other, "en", { numeric: true }),
  );
  const newest = join(folder, versions.at(-1) as string);
  return [
    ...(await fixturesIn(join(newest, "pass"), true)),
    ...(await fixturesIn(join(newest, "fail"), false)),
  ];
}

async function fixturesIn(folder: string, passes: boolean): Promise<Fixture[]> {
  return Promise.all(
    (await readdir(folder)).map(async (file) => {
      const [pod] = objects(await readFile(join(folder, file), "utf8")) as [KubernetesObject];
      const name = pod.metadata.name.replaceAll("_", "-");
      return { file, pod: { ...pod, metadata: { ...pod.metadata, name } }, passes };
    }),
  );
}
