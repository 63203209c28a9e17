import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckerName } from "../../test/e2e/checkers/checker.ts";
import { type Justified, justified } from "../../test/e2e/checkers/justified.ts";
import { versionOf } from "../../tools/toolchain.ts";

/** docs/checkers.md: which programs judge what is rendered beside the policies, and what each finding is worth. */
export async function checkersPage(): Promise<string> {
  return [
    "<!-- Written by `npm run docs` from test/e2e/checkers/justified.ts; change that. -->",
    "# What other checkers say",
    "MountainPass passes [the policies](policies.md) in every environment without an exemption. Programs that know Kubernetes and nothing of this kit judge the same objects, with all of their checks, also those that one has to ask for, and with no annotation that silences one. Rollouts and the Jobs of smoke tests are put before them as the Deployments and Jobs that they stand for.",
    [
      "| checker | version | dev, staging and production |",
      "|---|---|---|",
      ...(await checkers()).map(
        ({ name, url, version }) => `| [${name}](${url}) | ${version} | ${outcome(name)} |`,
      ),
    ].join("\n"),
    "`npm run test:e2e -- checkers` runs them, without a cluster. A finding that is not listed here fails it, and so does one that is listed and is found no more.",
    "## Findings that stay",
    ...justified.map(entry),
    "",
  ].join("\n\n");
}

interface KnownChecker {
  readonly name: CheckerName;
  readonly url: string;
  readonly version: string;
}

async function checkers(): Promise<KnownChecker[]> {
  return [
    {
      name: "kube-score",
      url: "https://github.com/zegl/kube-score",
      version: await versionOf("kube-score"),
    },
    { name: "Checkov", url: "https://www.checkov.io/5.Policy%20Index/kubernetes.html", version: checkov() },
    {
      name: "Kyverno",
      url: "https://kyverno.io/docs/kyverno-cli/",
      version: await versionOf("kyverno"),
    },
    {
      name: "istioctl analyze",
      url: "https://istio.io/latest/docs/reference/config/analysis/",
      version: await versionOf("istioctl"),
    },
  ];
}

function checkov(): string {
  const file = join(import.meta.dirname, "../../tools/programs/checkov/requirements.txt");
  const [, version] = /^checkov==(\S+)/m.exec(readFileSync(file, "utf8")) ?? [];
  if (version === undefined) throw new Error(`${file} does not pin checkov`);
  return version;
}

function outcome(name: CheckerName): string {
  const kinds = justified.flatMap(({ says }) => says[name] ?? []);
  return `no finding but the ${new Set(kinds).size} below`;
}

function entry({ says, of, reason }: Justified): string {
  const said = Object.entries(says).flatMap(([name, words]) =>
    words.map((one) => `- ${name}, ${one.replace(/^([^:]+): /, "`$1`: ")}`),
  );
  const where = Object.entries(of).map(([environment, kinds]) => `${environment} (${kinds.join(", ")})`);
  return `${said.join("\n")}\n\nIn ${where.join(", ")}. ${reason}`;
}
