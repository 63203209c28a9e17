import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { execa } from "execa";
import { inRun } from "../../tools/cluster/layout.ts";
import type { ClusterRecord } from "../../tools/cluster/record.ts";
import { type Outcome, succeeded } from "./checkout.ts";
import { ask } from "./load.ts";
import { SmallDisk } from "./mount.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** What can befall a cluster that runs. */
export function killed(scene: () => Scene): void {
  let disk: SmallDisk | undefined;

  afterEach(async () => {
    await disk?.remove();
    disk = undefined;
  });

  test("status tells what runs, to a program too", async () => {
    const { state, components } = await status(scene());
    expect(state).toBe("running");
    for (const { state, version } of components)
      expect([state, version]).toEqual(["running", expect.stringMatching(/^v?\d/)]);
  });

  test.each([
    "kubelet",
    "containerd",
    "etcd",
    "kube-apiserver",
    "etcd kube-apiserver kube-scheduler",
  ])("%s killed: status says so, and a start brings back that alone", async (killed) => {
    const names = killed.split(" ");
    const before = await shopContainers(scene());
    const pids = await processes();
    for (const name of names) process.kill(pids[name] ?? 0, "SIGKILL");
    const { state, components } = await status(scene());
    expect(state).toBe("broken");
    expect(components.filter((one) => one.state === "stopped").map(({ component }) => component)).toEqual(
      names,
    );
    const { stderr } = succeeded(await scene().checkout.run("npx", "pressurevalve", "cluster", "start"));
    for (const name of names) expect(stderr).toMatch(new RegExp(`^ {2}starting ${name} v?\\d`, "m"));
    expect(stderr).toMatch(/^Clear .*: already done$/m);
    // The pods of the platform are ready a while after the process whose loss they felt.
    await until(
      "the cluster",
      () => status(scene()),
      ({ state }) => state === "running",
      2,
    );
    expect(await shopContainers(scene())).toEqual(before);
    const after = await processes();
    expect(
      Object.keys(pids)
        .filter((name) => after[name] !== pids[name])
        .sort(),
    ).toEqual([...names].sort());
  });

  test("every process killed at once, its pods' too: the next start finds the orders of before", async () => {
    const { checkout, cluster } = scene();
    const orders = `${await cluster.gateway()}/orders`;
    const { id } = JSON.parse(await ask(orders, { note: "before the crash" }));
    for (const pid of [...Object.values(await processes()), ...(await podProcesses())]) kill(pid);
    expect((await status(scene())).state).toBe("broken");
    succeeded(await checkout.run("npm", "start"));
    const found = await until(
      "the order",
      () => ask(`${orders}/${id}`).catch(String),
      (text) => text.includes(id),
      1,
    );
    expect(JSON.parse(found)).toMatchObject({ id, body: { note: "before the crash" } });
    succeeded(await checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
  });

  test("a disk that fills while Pulumi writes its state is told, and with room the deployment goes on", async () => {
    const { checkout } = scene();
    disk = await SmallDisk.over(join(checkout.folder, ".local/pulumi"), 8);
    const undo = await checkout.configure("payment", { RELEASE: "disk-full" });
    const makeRoom = await disk.fill();
    const outcome = await checkout.run("npm", "start");
    await makeRoom();
    expect(outcome.stderr).toMatch(/no space left on device/);
    expect(outcome.stderr).toContain("a disk is full; free now:");
    expect(outcome.exitCode).toBe(3);
    succeeded(await checkout.run("npm", "start"));
    succeeded(await checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
    await undo();
  });

  test.each([
    ["an unknown token", { token: "expired" }, /does not know its user \(401\); log in again/],
    ["no right", { token: "of a service account" }, /refuses its user \(403: .*forbidden.*\); name a user/],
    [
      "another authority",
      {},
      /does not prove itself to the kubeconfig \(.*\); .* take its present kubeconfig/,
    ],
  ])("a kubeconfig with %s is told from a cluster that is away", async (name, user, words) => {
    const { checkout, cluster } = scene();
    const config = checkout.kubeconfig();
    const token = name === "no right" ? await cluster.kubectl("create", "token", "default") : undefined;
    if ("token" in user) config.users = [{ name: "admin", token: token ?? user.token }];
    else config.clusters = config.clusters.map(({ caData: _, ...rest }) => rest);
    const file = join(checkout.folder, ".local", "wrong");
    await writeFile(file, config.exportConfig());
    const outcome: Outcome = await checkout.run("npm", "start", "--", "--kubeconfig", file);
    expect(outcome.stderr).toMatch(words);
    expect(outcome.exitCode).toBe(3);
  });
}

interface Status {
  readonly state: string;
  readonly components: readonly { component: string; state: string; version?: string }[];
}

async function status({ checkout }: Scene): Promise<Status> {
  const { exitCode, stdout } = await checkout.run("npx", "pressurevalve", "cluster", "status", "--json");
  const found = JSON.parse(stdout);
  expect(exitCode).toBe(found.state === "running" ? 0 : 3);
  return found;
}

/** The process of each component, as this machine's record has it. */
async function processes(): Promise<Record<string, number>> {
  const record: ClusterRecord = JSON.parse(await readFile(inRun("cluster.json"), "utf8"));
  return Object.fromEntries(Object.entries(record.processes).map(([name, { pid }]) => [name, pid]));
}

/** Every process of every pod, by the control group that the cluster's pods are under. */
async function podProcesses(): Promise<number[]> {
  const { stdout } = await execa("sh", [
    "-c",
    "find /sys/fs/cgroup -path '*/pressurevalve/*' -name cgroup.procs -exec cat {} + | sort -u",
  ]);
  return stdout.split("\n").filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** The containers of the shop. A controller of the platform ends itself when it loses its lease, as upstream has it. */
async function shopContainers({ cluster }: Scene): Promise<string[]> {
  const { items } = await cluster.get<{
    items: {
      metadata: { namespace: string };
      status: { containerStatuses?: { containerID: string }[] };
    }[];
  }>("pods", "-A");
  return items
    .filter(({ metadata: { namespace } }) => namespace.startsWith("dev-"))
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .map(({ containerID }) => containerID)
    .sort();
}
