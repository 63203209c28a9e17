import { readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { succeeded } from "./checkout.ts";
import { ask } from "./load.ts";
import { MeshedShop, type Pod } from "./mesh-shop.ts";
import { figures, type OpenLoop, type Sample, show, startOpenLoop } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** What becomes of traffic when a part of the mesh is killed, and when certificates change. */
export function meshKilled(scene: () => Scene): void {
  let meshed: MeshedShop;
  let order: string;
  let load: OpenLoop | undefined;
  let letGo: (() => Promise<void>) | undefined;
  const undo: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    meshed = new MeshedShop(scene().cluster);
    letGo = await meshed.held("order");
    // Whoever has one replica has none while its sidecar is away.
    await edited("stacks/environments.ts", (text) =>
      text.replace(
        /(payment: \{ resources: .*, scaling: \{ kind: "fixed")( \} \})/,
        (_, before, after) => `${before}, replicas: 2${after}`,
      ),
    );
    await edited("services/payment.ts", (text) => text.replace(/^ {2}owner: .*\n/m, `$&${shortLived}`));
    await edited("services/payment.ts", (text) => text.replace(/^import \{/m, "import { JsonPatch,"));
    succeeded(await up(scene()));
    const orders = `${await scene().cluster.gateway()}/orders`;
    order = `${orders}/${JSON.parse(await ask(orders, { note: "through it all" })).id}`;
    await warm(order);
  });

  afterEach(async () => {
    await load?.stop();
    load = undefined;
  });

  afterAll(async () => {
    try {
      for (const back of undo.reverse()) await back();
      succeeded(await up(scene()));
    } finally {
      await letGo?.();
    }
  });

  test("certificates change, a sidecar and istiod are killed -9: nothing fails but what was under way at the killed", async () => {
    const { cluster } = scene();
    const pods = await meshed.pods("payment");
    expect(pods).toHaveLength(2);
    const [victim] = pods as [Pod];
    const killed: number[] = [];
    const began = Date.now();
    const first = await serial(victim);
    load = startOpenLoop(order, { perSecond: 20 });

    const second = await until(
      "another certificate",
      () => serial(victim),
      (one) => one !== first,
      2,
    );
    const starts = (await sidecarOf(victim)).starts;
    killed.push(await kill(victim, ["envoy", "pilot-agent"]));
    await until(
      "the sidecar back",
      () => sidecarOf(victim),
      (now) => now.starts > starts && now.ready,
      2,
    );

    const istiod = await istiodPod();
    killed.push(await kill(istiod, ["pilot-discovery"]));
    await cluster.kubectl(
      "wait",
      "-n",
      "istio-system",
      "pod",
      "-l",
      "app=istiod",
      "--for=condition=Ready",
      "--timeout=120s",
    );
    const third = await serial(victim);
    await until(
      "a certificate of the istiod that came back",
      () => serial(victim),
      (one) => one !== third,
      2,
    );

    const samples = await load.stop();
    const failed = samples.filter((one) => !isWhole(one));
    const explained = failed.filter((one) => killed.some((moment) => wasUnderWay(one, moment)));
    show("killed sidecar and istiod, changed certificates", {
      ...figures(samples),
      ...{ failed: failed.length, underWayAtTheKilled: explained.length },
      secondsOfKills: killed.map((moment) => (moment - began) / 1000),
      secondsOfFirstFailure: failed[0] && (failed[0].sent - began) / 1000,
      certificates: new Set([first, second, third, await serial(victim)]).size,
    });
    expect(failed.filter((one) => !explained.includes(one))).toEqual([]);
  });

  async function edited(path: string, replace: (text: string) => string): Promise<void> {
    undo.push(await scene().checkout.edit(path, replace));
  }

  /** Of the certificate that the sidecar proves itself with. */
  async function serial({ metadata }: Pod): Promise<string> {
    const text = await meshed.sidecar("payment", metadata.name, "certs").catch(() => "{}");
    // The agent's own log comes first.
    const { certificates } = JSON.parse(text.slice(text.indexOf("{")));
    const own = (certificates ?? []).find(({ cert_chain: chain }: Certificates) => chain.length > 0);
    return own?.cert_chain[0].serial_number ?? "";
  }

  async function istiodPod(): Promise<Pod> {
    const { items } = await scene().cluster.get<{ items: Pod[] }>(
      "pods",
      "-n",
      "istio-system",
      "-l",
      "app=istiod",
    );
    return items[0] as Pod;
  }

  /** How often a pod's sidecar was started again, and whether all of the pod is ready. */
  async function sidecarOf({ metadata }: Pod): Promise<{ starts: number; ready: boolean }> {
    const { status } = await scene().cluster.get<Restarted>("pod", "-n", "dev-payment", metadata.name);
    const sidecar = status.initContainerStatuses.find(({ name }) => name === "istio-proxy");
    const ready = status.conditions.find(({ type }) => type === "Ready");
    return { starts: sidecar?.restartCount ?? 0, ready: ready?.status === "True" };
  }
}

/** Certificates for half a minute, which are changed after half of that; by default it is a day. */
const shortLived = `  patches: [
    {
      kind: "Deployment",
      name: "payment",
      reason: "to see certificates change",
      operations: [
        JsonPatch.add("/spec/template/metadata/annotations", {
          "proxy.istio.io/config": '{"proxyMetadata": {"SECRET_TTL": "30s"}}',
        }),
      ],
    },
  ],
`;

interface Certificates {
  readonly cert_chain: readonly { readonly serial_number: string }[];
}

interface Restarted {
  readonly status: {
    readonly initContainerStatuses: readonly { readonly name: string; readonly restartCount: number }[];
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

function up({ checkout }: Scene) {
  return checkout.run("npx", "pulumi", "up", "-s", "dev", "--yes", "--skip-preview", "--non-interactive");
}

/** Kills the processes of a pod that have these names, and says when. */
async function kill({ metadata: { uid } }: Pod, names: readonly string[]): Promise<number> {
  // By the control group that the kubelet gives a pod; with a systemd driver the uid has underscores.
  const { stdout } = await execa("find", ["/sys/fs/cgroup", "-path", `*pod${uid}*`, "-name", "cgroup.procs"]);
  const groups = await Promise.all(
    stdout
      .split("\n")
      .filter(Boolean)
      .map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const pids = [...new Set(groups.flatMap((text) => text.split("\n").filter(Boolean)))];
  const moment = Date.now();
  let victims = 0;
  for (const pid of pids) {
    const name = (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
    if (!names.includes(name)) continue;
    process.kill(Number(pid), "SIGKILL");
    victims += 1;
  }
  expect(victims).toBeGreaterThanOrEqual(names.length);
  return moment;
}

/** Pods that were never asked take their time for the first requests, which is another matter than what is tried here. */
async function warm(url: string): Promise<void> {
  const answers: boolean[] = [];
  const isWarm = async () => {
    answers.push(JSON.parse(await ask(url)).calls.payment.service === "payment");
    return answers.slice(-30);
  };
  await until("30 whole answers in a row", isWarm, (last) => last.length === 30 && last.every(Boolean), 2);
}

function isWhole({ status, text }: Sample): boolean {
  return status === 200 && JSON.parse(text).calls.payment.service === "payment";
}

function wasUnderWay({ sent, milliseconds }: Sample, moment: number): boolean {
  // A clock that ticks in milliseconds, and a kill that is a few of them long.
  return sent <= moment + 50 && sent + milliseconds >= moment;
}
