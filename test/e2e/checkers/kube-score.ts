import { execa } from "execa";
import { ensurePrograms, versionOf } from "../../../tools/toolchain.ts";
import { asStream, type Checker, type Finding, inBuiltInKinds } from "./checker.ts";

/** https://github.com/zegl/kube-score, with the checks that one has to ask for. */
export const kubeScore: Checker = {
  name: "kube-score",
  judge: async (rendered) => {
    const { "kube-score": program } = await ensurePrograms(["kube-score"], (line) =>
      process.stderr.write(`${line}\n`),
    );
    const options = [...(await optionalChecks(program)), ...(await kubernetesVersion())];
    const found = Object.entries(rendered).map(async ([environment, objects]) => {
      const scores = await score(program, options, asStream(inBuiltInKinds(objects)));
      return scores.flatMap((object) => findingsOf(environment, object));
    });
    return (await Promise.all(found)).flat();
  },
};

/** The list has a check a line: its id, its kind, its description, and whether it is optional. */
async function optionalChecks(program: string): Promise<string[]> {
  const { stdout } = await execa(program, ["list"]);
  const ids = [...stdout.matchAll(/^([^,]+),.*,optional$/gm)].map(([, id]) => id);
  return ids.map((id) => `--enable-optional-test=${id}`);
}

/** By which it knows what is deprecated. */
async function kubernetesVersion(): Promise<string[]> {
  const [version] = /^v\d+\.\d+/.exec(await versionOf("kubernetes")) ?? [];
  return [`--kubernetes-version=${version}`];
}

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string; readonly namespace?: string };
  readonly checks: readonly {
    readonly check: { readonly id: string; readonly name: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly summary: string }[] | null;
  }[];
}

/** Its exit code is 1 when something is wrong with an object. */
async function score(program: string, options: readonly string[], input: string): Promise<Scored[]> {
  const { exitCode, stdout, stderr } = await execa(
    program,
    ["score", "--output-format=json", "--disable-ignore-checks-annotations", ...options, "-"],
    { input, reject: false },
  );
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`kube-score ended with ${exitCode}: ${stderr}`);
  // Of nothing but kinds that it has no check for it says null.
  return JSON.parse(stdout) ?? [];
}

/** The best grade: https://pkg.go.dev/github.com/zegl/kube-score/scorecard#Grade */
const allOk = 10;

function findingsOf(environment: string, { type_meta, object_meta, checks }: Scored): Finding[] {
  const object = `${type_meta.kind} ${object_meta.namespace ?? ""}/${object_meta.name}`;
  return checks
    .filter(({ grade, skipped }) => !skipped && grade < allOk)
    .flatMap(({ check, comments }) =>
      (comments ?? [{ summary: check.name }]).map(({ summary }) => ({
        environment,
        object,
        says: `${check.id}: ${summary}`,
      })),
    );
}
