import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { execa } from "execa";
import { Fault } from "../../../tools/fault.ts";
import { ensureWheels } from "../../../tools/wheels.ts";
import { asStream, type Checker, type Finding, inBuiltInKinds, type Rendered } from "./checker.ts";

/** https://www.checkov.io/5.Policy%20Index/kubernetes.html, all of them. */
export const checkov: Checker = {
  name: "Checkov",
  judge: async (rendered) => {
    const modules = await ensureWheels(
      { name: "checkov", title: "Checkov", chosenBy: [await pythonVersion()], pipMissing },
      (line) => process.stderr.write(`${line}\n`),
    );
    const folder = await realpath(await mkdtemp(join(tmpdir(), "checkov-")));
    try {
      await writeObjects(folder, rendered);
      return (await check(modules, folder)).map((failed) => findingOf(folder, failed));
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

const pipMissing = "Checkov comes in Python wheels, and python3 -m pip does not run; install python3-pip";

/** Some of its wheels hold modules that one version of Python loads, and no other. */
async function pythonVersion(): Promise<string> {
  const { failed, stdout } = await execa(
    "python3",
    ["-c", "import sys; print(sys.implementation.cache_tag)"],
    { reject: false },
  );
  if (failed) throw new Fault(pipMissing, 3);
  return stdout;
}

/** A start of it takes seconds, so one run judges all environments: a file for each. */
async function writeObjects(folder: string, rendered: Rendered): Promise<void> {
  for (const [environment, objects] of Object.entries(rendered)) {
    await mkdir(join(folder, environment));
    await writeFile(join(folder, environment, "objects.yaml"), asStream(inBuiltInKinds(objects)));
  }
}

interface Failed {
  readonly check_id: string;
  readonly check_name: string;
  readonly file_abs_path: string;
  /** `<kind>.<namespace>.<name>`, and for a pod out of a template its labels. */
  readonly resource: string;
}

interface Report {
  readonly summary: { readonly parsing_errors: number; readonly skipped: number };
  readonly results: { readonly failed_checks: readonly Failed[] };
}

async function check(modules: string, folder: string): Promise<readonly Failed[]> {
  const { failed, stdout, stderr } = await execa(
    "python3",
    // Without --skip-download it asks its maker's platform for more.
    [
      "-m",
      "checkov.main",
      "--framework=kubernetes",
      "--skip-download",
      "--soft-fail",
      "--output=json",
      "-d",
      ".",
    ],
    { cwd: folder, env: { PYTHONPATH: modules, PYTHONNOUSERSITE: "1" }, reject: false },
  );
  if (failed) throw new Error(`Checkov failed: ${stderr}`);
  const { summary, results }: Report = JSON.parse(stdout);
  if (summary.parsing_errors + summary.skipped > 0)
    throw new Error(`Checkov left something out: ${JSON.stringify(summary)}`);
  return results.failed_checks;
}

function findingOf(folder: string, { check_id, check_name, file_abs_path, resource }: Failed): Finding {
  const [environment = ""] = relative(folder, file_abs_path).split("/");
  const [kind, namespace, ...name] = resource.split(".");
  return {
    environment,
    object: `${kind} ${namespace}/${name.join(".")}`,
    says: `${check_id}: ${check_name}`,
  };
}
