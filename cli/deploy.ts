import { Command } from "commander";
import { renderShop } from "../stacks/delivery/index.ts";
import { clusterOf } from "../stacks/delivery/pulumi/cluster.ts";
import {
  type Changes,
  changesOf,
  describeStep,
  type Step,
  targetsOf,
} from "../stacks/delivery/pulumi/steps.ts";
import { requireAnswer } from "../tools/answer.ts";
import { Fault } from "../tools/fault.ts";
import { expectKnown } from "../tools/known.ts";
import { pulumiFailure } from "../tools/pulumi/failure.ts";
import { recover, waitForRuns } from "../tools/pulumi/recovery.ts";
import { type Output, pulumi, pulumiOnTerminal, pulumiOutput } from "../tools/pulumi/run.ts";
import { environmentOf, loadShop } from "./loaded-shop.ts";

/** `pressurevalve deploy <environment> <service>` */
export function deployCommand(): Command {
  return new Command("deploy")
    .description("deploy one service alone, when nothing else is due")
    .argument("<environment>", "name of the environment")
    .argument("<service>", "name of the service")
    .option("--json", "print what was done as JSON; what Pulumi says goes to stderr")
    .action(deploy);
}

async function deploy(environment: string, service: string, { json }: { json?: true }): Promise<void> {
  const shop = await loadShop();
  const values = environmentOf(shop, environment);
  expectKnown(
    "service",
    service,
    shop.services.map(({ name }) => name),
  );
  // Wrong descriptions are told as such, whatever the state of the cluster.
  renderShop(shop, values);
  // The provider previews without a cluster, too, and would fail in the middle.
  await requireCluster(environment);
  await waitForRuns(environment, console.error);
  await recover(environment, console.error);
  const steps = await preview(environment);
  const changes = changesOf(steps);
  refuseOthers(changes, environment, service);
  const own = changes.services.get(service) ?? [];
  if (own.length === 0) console.error(`${service} is as described in ${environment}; nothing to do`);
  else await up(environment, service, targetsOf(steps, service), json ? process.stderr : "inherit");
  if (json) console.log(JSON.stringify({ environment, service, changes: own.map(describeStep) }, null, 2));
}

/** @throws when the cluster that the stack points to does not answer. */
async function requireCluster(environment: string): Promise<void> {
  const config = JSON.parse(await pulumiOutput(["config", "--json", "--stack", environment]));
  const [kubeconfig, context] = ["kubeconfig", "context"].map((key) => config[`kubernetes:${key}`]?.value);
  await requireAnswer(clusterOf(kubeconfig, context));
}

async function preview(environment: string): Promise<Step[]> {
  // The services themselves seldom change, and without --show-sames their objects would have no parents.
  const { failed, stdout, stderr } = await pulumi([
    "preview",
    "--json",
    "--show-sames",
    "--stack",
    environment,
  ]);
  if (failed) throw pulumiFailure(`the preview of ${environment}`, previewErrors(stdout) || stderr);
  return JSON.parse(stdout).steps;
}

/** With `--json`, the errors stand among the diagnostics on stdout; what fails earlier speaks on stderr. */
function previewErrors(stdout: string): string {
  if (!stdout.startsWith("{")) return "";
  const { diagnostics = [] }: { diagnostics?: { severity: string; message: string }[] } = JSON.parse(stdout);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return errors.map(({ message }) => message.trimEnd()).join("\n");
}

/** One service alone means that the rest of the stack is as the repository says. */
export function refuseOthers(changes: Changes, environment: string, service: string): void {
  const others = [...changes.services]
    .filter(([name]) => name !== service)
    .map(([name, steps]) => [name, ...steps.map((step) => `  ${describeStep(step)}`)]);
  const outside =
    changes.outside.length === 0
      ? []
      : [["of no service", ...changes.outside.map((step) => `  ${describeStep(step)}`)]];
  const list = [...others, ...outside].flat();
  if (list.length === 0) return;
  const remedy = `deploy those first, or all together: npx pulumi up -s ${environment}`;
  throw new Fault(
    [`${service} cannot be deployed alone to ${environment}: other changes are due`, ...list, remedy].join(
      "\n",
    ),
    2,
  );
}

async function up(
  environment: string,
  service: string,
  targets: readonly string[],
  stdout: Output,
): Promise<void> {
  const options = targets.flatMap((urn) => ["--target", urn]);
  const args = ["up", "--yes", "--skip-preview", "--stack", environment, ...options];
  const done = await pulumiOnTerminal(args, { PRESSUREVALVE_SERVICE: service }, stdout);
  if (!done) throw new Fault(`the deployment of ${service} to ${environment} failed`, 2);
}
