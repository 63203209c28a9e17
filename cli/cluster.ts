import { Command } from "commander";
import { kubeconfig, reset, startSteps, status, stopSteps } from "../tools/cluster/index.ts";
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
    .description("show the cluster's components; exits with 3 when it does not run")
    .action(showStatus);
  return cluster;
}

async function showStatus(): Promise<void> {
  const { running, components } = await status();
  const rows = [{ component: "COMPONENT", state: "STATE", version: "VERSION" }, ...components];
  const lines = rows.map(
    ({ component, state, version }) => `${component.padEnd(26)}${state.padEnd(10)}${version}`,
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = running ? 0 : 3;
}
