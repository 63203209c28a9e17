import type { Meshed } from "../mesh-requirements.ts";
import type { Finding, Group } from "./finding.ts";
import { type HostFacts, hostFindings, probeHost, registries } from "./network.ts";
import { goFinding, type ProgramFacts, probeGo, probeProgram, programFindings, toBuild } from "./programs.ts";
import { settingFindings } from "./settings.ts";
import { unexamined } from "./unexamined.ts";

/** The cluster that is meant; omitted: the local one. */
export interface Aim {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** What has to be there besides, by the word of the shop; omitted where it cannot be asked. */
  readonly meshed?: Meshed | undefined;
}

/** Examines this machine for what one may want to do on it beyond the checkout. Nothing is changed, fetched or built. */
export async function examine({ kubeconfig, context, meshed }: Aim): Promise<Group[]> {
  const [deploying, running] = await Promise.all([
    programsOf(async () => (await import("../pulumi/program.ts")).pulumiPrograms),
    kubeconfig ? [] : programsOf(async () => (await import("../cluster/index.ts")).clusterPrograms),
  ]);
  const programs = [...deploying, ...running];
  const hosts = await Promise.all([...registries, ...downloadHosts(programs)].map(probeHost));
  const reachable = new Set(hosts.filter(({ fault }) => fault === undefined).map(({ origin }) => origin));
  const [builds, state, cluster] = await Promise.all([
    examined("Go", () => examineGo(programs, reachable)),
    examined("state", async () => {
      const { examineState } = await import("./state.ts");
      return examineState();
    }),
    kubeconfig ? examineOwn(kubeconfig, context, meshed) : examineLocal(),
  ]);
  return [
    { purpose: "deploy", findings: [...programFindings(deploying, reachable), ...state] },
    {
      purpose: kubeconfig ? "a cluster of yours" : "the local cluster",
      findings: [...programFindings(running, reachable), ...cluster],
    },
    { purpose: "download and build", findings: [...settingFindings(), ...builds, ...hostFindings(hosts)] },
  ];
}

async function programsOf(names: () => Promise<readonly ProgramFacts["name"][]>): Promise<ProgramFacts[]> {
  return Promise.all((await names()).map(probeProgram));
}

async function examineGo(
  programs: readonly ProgramFacts[],
  reachable: ReadonlySet<string>,
): Promise<Finding[]> {
  const builds = toBuild(programs, reachable);
  return [goFinding(await probeGo(programs.map(({ name }) => name)), builds)];
}

function examineLocal(): Promise<Finding[]> {
  return examined("local cluster", async () => {
    const { probeLocal, localFindings } = await import("./local-cluster.ts");
    return localFindings(await probeLocal());
  });
}

function examineOwn(kubeconfig: string, context: string | undefined, meshed?: Meshed): Promise<Finding[]> {
  return examined("kubeconfig", async () => {
    const { probeOwnCluster, ownClusterFindings } = await import("./own-cluster.ts");
    return ownClusterFindings(await probeOwnCluster(kubeconfig, context, meshed));
  });
}

/** Each host once, whatever it is for. */
function downloadHosts(programs: readonly ProgramFacts[]): Omit<HostFacts, "fault">[] {
  const wanted = programs.filter(({ bytes, origin }) => bytes === undefined && origin !== undefined);
  const names = Map.groupBy(wanted, ({ origin }) => origin as string);
  return [...names].map(([origin, programs]) => ({
    origin,
    purpose: programs.map(({ name }) => name).join(", "),
  }));
}

/** A part that cannot be examined must not hide the others. */
async function examined(subject: string, examine: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await examine();
  } catch (error) {
    return [unexamined(subject, error)];
  }
}
