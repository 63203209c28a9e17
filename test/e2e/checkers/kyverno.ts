import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { loadAll } from "js-yaml";
import type { Manifest } from "../../../constructs/index.ts";
import { ensurePrograms, moduleFolder, versionOf } from "../../../tools/toolchain.ts";
import { asStream, type Checker, inBuiltInKinds } from "./checker.ts";

const say = (line: string) => process.stderr.write(`${line}\n`);

/**
 * https://kyverno.io/docs/kyverno-cli/, by all policies that its own Go module carries: its chart kyverno-policies, which
 * is the Pod Security Standard restricted, and the best practices that it tests itself with. The repository
 * kyverno/policies, where more of them are, is in no registry.
 */
export const kyverno: Checker = {
  name: "Kyverno",
  judge: async (rendered) => {
    const { kyverno: program } = await ensurePrograms(["kyverno"], say);
    const folder = await mkdtemp(join(tmpdir(), "kyverno-"));
    try {
      const policies = join(folder, "policies.yaml");
      await writeFile(policies, asStream([...(await podSecurity()), ...(await bestPractices())]));
      const found = Object.entries(rendered).map(async ([environment, objects]) => {
        const file = join(folder, `${environment}.yaml`);
        await writeFile(file, asStream(inBuiltInKinds(objects)));
        const all = await refusals(program, policies, file);
        return all.map(({ policy, object, message }) => ({
          environment,
          object,
          says: `${policy}: ${message}`,
        }));
      });
      return (await Promise.all(found)).flat();
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** In their older form: of ValidatingPolicies the CLI compiles each anew for every object, which takes minutes. */
async function podSecurity(): Promise<Manifest[]> {
  const { helm } = await ensurePrograms(["helm"], say);
  const values = [
    "policyType=ClusterPolicy",
    "podSecurityStandard=restricted",
    "includeOtherPolicies={require-non-root-groups}",
  ];
  const { stdout } = await execa(helm, [
    ...["template", "kyverno-policies", await ownFile("charts", "kyverno-policies")],
    ...["--kube-version", await versionOf("kubernetes")],
    ...values.flatMap((value) => ["--set", value]),
  ]);
  return loadAll(stdout) as Manifest[];
}

/** Those that judge: others of these folders change objects, or make some. */
async function bestPractices(): Promise<Manifest[]> {
  const folders = [await ownFile("test", "best_practices"), await ownFile("test", "more")];
  const files = (
    await Promise.all(
      folders.map(async (folder) => (await readdir(folder)).map((file) => join(folder, file))),
    )
  ).flat();
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.flatMap((text) => loadAll(text) as Manifest[]).filter(judges);
}

function judges({ spec }: Manifest): boolean {
  return (spec as { rules: readonly object[] }).rules.some((rule) => "validate" in rule);
}

async function ownFile(...path: readonly string[]): Promise<string> {
  return join(await moduleFolder("kyverno", "github.com/kyverno/kyverno"), ...path);
}

/** The arguments of a judgement. Of kinds that it does not know, such as Istio's, Kyverno would judge no object after the first. */
export function applying(policies: string, objects: string): string[] {
  return ["apply", policies, "--resource", objects, "--continue-on-fail", "--remove-color"];
}

/** A policy that an object breaks. */
interface Refusal {
  readonly policy: string;
  /** `<kind> <namespace>/<name>` */
  readonly object: string;
  readonly message: string;
}

interface Result {
  readonly policy: string;
  readonly result: string;
  readonly message?: string;
  readonly resources: readonly [
    { readonly kind: string; readonly namespace?: string; readonly name: string },
  ];
}

/**
 * What breaks one of the policies of a file, or cannot be judged by it.
 *
 * @throws Error with what Kyverno says, when it judges nothing
 */
export async function refusals(program: string, policies: string, objects: string): Promise<Refusal[]> {
  // Its exit code is 1 when something is wrong with an object.
  const { stdout, stderr } = await execa(
    program,
    [...applying(policies, objects), "--policy-report", "--output-format=json"],
    { reject: false },
  );
  // Among warnings and dashes, a report a line.
  const reports = stdout.split("\n").filter((line) => line.startsWith("{"));
  if (reports.length === 0) throw new Error(`Kyverno judges nothing: ${stderr || stdout}`);
  const results: Result[] = reports.flatMap((report) => JSON.parse(report).results);
  return results
    .filter(({ result }) => result !== "pass" && result !== "skip")
    .map(({ policy, message = "", resources: [{ kind, namespace = "", name }] }) => ({
      policy,
      object: `${kind} ${namespace}/${name}`,
      message: inShort(message),
    }));
}

/** The policy's own words, without the field and the rule that follow. */
function inShort(message: string): string {
  return message
    .replace(/^validation error: /, "")
    .replace(/ (?:in )?rule \S+ (?:failed|execution error).*/s, "");
}
