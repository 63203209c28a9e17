import { Command } from "commander";
import { renderShop } from "../stacks/delivery/index.ts";
import { serviceVariable } from "../stacks/delivery/pulumi/alone.ts";
import { clusterOf } from "../stacks/delivery/pulumi/cluster.ts";
import {
  type Changes,
  changesOf,
  describeStep,
  dueFor,
  type Step,
  targetsOf,
  yetToCome,
} from "../stacks/delivery/pulumi/steps.ts";
import { type StillAsked, stillAsked } from "../stacks/delivery/pulumi/still-asked.ts";
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
    .description("deploy one service alone, and leave the others as they run")
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
  refuseOutside(changes, environment, service);
  refuseWhatBreaks(stillAsked(changes, shop.services, values, service), environment, service);
  for (const line of leftAsTheyAre(steps, environment, service)) console.error(line);
  const due = dueFor(steps, service);
  if (due.length === 0) console.error(`${service} is as described in ${environment}; nothing to do`);
  else await up(environment, service, targetsOf(steps, service), json ? process.stderr : "inherit");
  if (json) console.log(JSON.stringify({ environment, service, changes: due.map(describeStep) }, null, 2));
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

/** What is of no service no deployment of one service would ever bring; and a provider that changes serves all of them. */
export function refuseOutside({ outside }: Changes, environment: string, service: string): void {
  if (outside.length === 0) return;
  throw refused(environment, service, "changes of no service are due", [
    ...outside.map((step) => `  ${describeStep(step)}`),
    `deploy all together: npx pulumi up -s ${environment}`,
  ]);
}

/** A callee that is deployed before the callers that still ask what it gives up would break them. */
export function refuseWhatBreaks(asked: readonly StillAsked[], environment: string, service: string): void {
  if (asked.length === 0) return;
  throw refused(environment, service, "what runs still asks what it would no longer answer", [
    ...asked.map(({ caller, request }) => `  ${caller}: ${request}`),
    // What is no longer described cannot be deployed.
    `deploy ${asked.every(({ isDescribed }) => isDescribed) ? "those first, or " : ""}all together: npx pulumi up -s ${environment}`,
  ]);
}

function refused(environment: string, service: string, reason: string, lines: readonly string[]): Fault {
  return new Fault(
    [`${service} cannot be deployed alone to ${environment}: ${reason}`, ...lines].join("\n"),
    2,
  );
}

/** What else is due, for until then the environment is not what the repository says. */
export function leftAsTheyAre(steps: readonly Step[], environment: string, service: string): string[] {
  const missing = yetToCome(steps, service);
  const others = [...changesOf(steps).services.keys()].filter(
    (name) => name !== service && !missing.includes(name),
  );
  return [
    ...missing.map(
      (name) => `${name} does not run in ${environment} yet: until it is deployed, calls of it fail`,
    ),
    ...(others.length > 0
      ? [`left as they run in ${environment}, though changes are due: ${others.join(", ")}`]
      : []),
  ];
}

async function up(
  environment: string,
  service: string,
  targets: readonly string[],
  stdout: Output,
): Promise<void> {
  const options = targets.flatMap((urn) => ["--target", urn]);
  // One after the other: what is not targeted keeps its old dependencies, such as a migration Job that now has another name,
  // and side by side Pulumi may write it into its state before them, which it then refuses to read.
  const args = ["up", "--yes", "--skip-preview", "--parallel", "1", "--stack", environment, ...options];
  const done = await pulumiOnTerminal(args, { [serviceVariable]: service }, stdout);
  if (!done) throw new Fault(`the deployment of ${service} to ${environment} failed`, 2);
}
