import { join } from "node:path";
import { cachedFolder } from "../cache.ts";
import { roughly, secondsLeft } from "./estimate.ts";
import { build, packagesToCompile } from "./go.ts";
import { buildFolder, type Program, type ProgramName, programs, versionOf } from "./program.ts";
import { type Say, seldom } from "./seldom.ts";

/**
 * Builds programs into the machine's cache, one after the other: one build already uses every core.
 *
 * @throws Fault when Go is missing or too old, or a build fails
 */
export async function buildPrograms(names: readonly ProgramName[], say: Say): Promise<void> {
  if (names.length === 0) return;
  const total = await compilations(names, say);
  if (total > 0) {
    const time = roughly(secondsLeft({ compiled: 0, total, seconds: 0 }));
    say(`${total} packages of ${names.join(", ")} to compile, ${time}`);
  }
  const onPackage = compileReport(total, say);
  for (const name of names) {
    const { module }: Program = programs[name];
    say(module ? `building ${name} ${await versionOf(name)} from ${module}` : `building ${name}`);
    await cachedFolder(await buildFolder(name), (unfinished) =>
      build(name, join(unfinished, name), (path) => onPackage(name, path)),
    );
  }
}

/** How many packages the builds take together: one that several programs share is compiled once. */
async function compilations(names: readonly ProgramName[], say: Say): Promise<number> {
  const packages = new Set<string>();
  const sometimes = seldom(say);
  let modules = 0;
  for (const name of names) {
    const found = await packagesToCompile(name, (module) => {
      modules += 1;
      sometimes(() => `downloading the sources of ${name}: module ${modules} (${module})`);
    });
    for (const path of found) packages.add(path);
  }
  return packages.size;
}

function compileReport(expected: number, say: Say): (name: ProgramName, path: string) => void {
  const started = performance.now();
  const sometimes = seldom(say);
  let compiled = 0;
  return (name, path) => {
    compiled += 1;
    sometimes(() => {
      // A package of the same version is compiled anew where its own dependencies differ, which the count leaves out.
      const total = Math.max(expected, compiled);
      const seconds = (performance.now() - started) / 1000;
      const rest = roughly(secondsLeft({ compiled, total, seconds }));
      return `${name}: package ${compiled} of ${total} (${path}), ${rest} left`;
    });
  };
}
