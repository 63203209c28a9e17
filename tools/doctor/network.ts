import { askForAnswer } from "../toolchain/download.ts";
import type { Finding } from "./finding.ts";

/** A host that something comes from. */
export interface HostFacts {
  readonly origin: string;
  readonly purpose: string;
  /** Why it does not answer; undefined when it does. */
  readonly fault?: string;
}

/** Milliseconds that each host has, all of them at once. */
const answer = 3_000;

/** Where Go's modules come from unless GOPROXY says otherwise, and the registry unless npm is told another one. */
export const registries: readonly Omit<HostFacts, "fault">[] = [
  {
    origin: firstUrl(process.env.npm_config_registry, "https://registry.npmjs.org"),
    purpose: "npm packages",
  },
  { origin: firstUrl(process.env.GOPROXY, "https://proxy.golang.org"), purpose: "Go modules" },
];

/** GOPROXY is a list, whose first entry is asked first. */
function firstUrl(list: string | undefined, usual: string): string {
  const first = list?.split(/[,|]/)[0] ?? "";
  return URL.canParse(first) ? new URL(first).origin : usual;
}

export async function probeHost(host: Omit<HostFacts, "fault">): Promise<HostFacts> {
  return askForAnswer(host.origin, { answer }).then(
    () => host,
    ({ message }) => ({ ...host, fault: message }),
  );
}

/** Nothing is missing because a host is silent: what it would have given is judged where it is needed. */
export function hostFindings(hosts: readonly HostFacts[]): Finding[] {
  return hosts.map(({ origin, purpose, fault }) => {
    const subject = new URL(origin).host;
    if (fault === undefined) return { subject, state: "ok", words: `answers (${purpose})` };
    return { subject, state: "note", words: `${reason(fault)} (${purpose})`, remedy: remedyFor(fault) };
  });
}

function remedyFor(fault: string): string {
  return /certificate/.test(fault)
    ? "if a proxy of yours signs for it, name its certificate with NODE_EXTRA_CA_CERTS"
    : "behind a proxy set HTTPS_PROXY, with a mirror of your own GOPROXY, npm_config_registry or PRESSUREVALVE_DOWNLOADS";
}

function reason(fault: string): string {
  return /\((.*)\)$/.exec(fault)?.[1] ?? fault;
}
