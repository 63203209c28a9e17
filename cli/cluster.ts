import { Command } from "commander";
import {
  type ClusterStatus,
  type ComponentStatus,
  kubeconfig,
  reset,
  startSteps,
  status,
  stopSteps,
} from "../tools/cluster/index.ts";
import { runSteps } from "../tools/step.ts";

/** `pressurevalve cluster start|stop|status|reset`: the local cluster. */
export function clusterCommand(): Command {
  const cluster = new Command("cluster").description("the local Kubernetes cluster");
  cluster
    .command("start")
    .description("start the cluster, with the data that it had")
    .action(async () => {
      await runSteps(startSteps());
      process.stdout.write(`kubectl --kubeconfig ${kubeconfig} get pods --all-namespaces\n`);
    });
  cluster
    .command("stop")
    .description("stop the cluster and leave nothing running; its data stay")
    .action(() => runSteps(stopSteps()));
  cluster
    .command("reset")
    .description("stop the cluster and remove its data")
    .action(() => runSteps([{ title: "Stop the local cluster and remove its data", run: reset }]));
  cluster
    .command("status")
    .description("show the cluster's components; exits with 3 unless all of them run")
    .option("--json", "print the components as JSON")
    .action(showStatus);
  return cluster;
}

async function showStatus({ json }: { json?: true }): Promise<void> {
  const found = await status();
  process.stdout.write(`${json ? JSON.stringify(found, null, 2) : table(found.components)}\n`);
  const words = remark(found);
  if (words !== undefined) process.stderr.write(`${words}\n`);
  process.exitCode = found.state === "running" ? 0 : 3;
}

function table(components: readonly ComponentStatus[]): string {
  const rows = [{ component: "COMPONENT", state: "STATE", version: "VERSION" }, ...components];
  return rows
    .map(({ component, state, version = "" }) =>
      `${component.padEnd(26)}${state.padEnd(11)}${version}`.trimEnd(),
    )
    .join("\n");
}

/** What a table of components does not say. */
function remark({ state, components }: ClusterStatus): string | undefined {
  if (state === "interrupted") return "its start was interrupted; npm start goes on, npm stop clears it away";
  if (state === "starting") return "another command is starting it";
  if (state !== "broken") return undefined;
  const logs = components.flatMap(({ component, log }) => (log ? [`  ${component}: ${log}`] : []));
  return ["a part of it ended untold; npm start starts it again; the last words of it:", ...logs].join("\n");
}
