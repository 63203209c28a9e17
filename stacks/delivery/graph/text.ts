import { styleText } from "node:util";
import { Duration } from "../../../constructs/index.ts";
import { spell } from "../../../constructs/model/units.ts";
import type { AllChains, CallGraph, Chain, Chains, Edge } from "./call-graph.ts";
import { table } from "./table.ts";

/** The call graph for a person at a terminal. */
export function graphText(graph: CallGraph, { colour }: { readonly colour: boolean }): string {
  // The caller has asked the terminal; styleText would ask stdout again.
  const bold = (text: string) => (colour ? styleText("bold", text, { validateStream: false }) : text);
  const head = `${graph.environment}: ${some(graph.services.length, "service")}, ${some(graph.edges.length, "call")}`;
  if (graph.edges.length === 0) return `${bold(head)}\n`;
  const sections = [calls(graph.edges), chains(graph.chains), allChains(graph.allChains)].map(
    ([headings = "", ...rows]) => [bold(headings), ...rows].join("\n"),
  );
  return `${[`${bold(head)}\n${whoRetries[graph.mesh]}`, ...sections].join("\n\n")}\n`;
}

const whoRetries: Record<CallGraph["mesh"], string> = {
  istio:
    "the caller's sidecar retries where no connection was made, one was reset or refused, or a proxy answered 502, 503 or 504",
  none: "no mesh: the caller's own client keeps to timeout and attempts",
};

function calls(edges: readonly Edge[]): string[] {
  return table(
    ["call", "attempts", "timeout", "budget", "requests"],
    edges.map(({ caller, callee, attempts, timeout, budget, requests }) => [
      `${caller} -> ${callee}`,
      String(attempts),
      millis(timeout),
      millis(budget),
      requests.map(({ name, retried }) => (retried ? `${name} (retried)` : name)),
    ]),
  );
}

const mostShown = 20;

function chains({ worst, total }: Chains): string[] {
  const shown = worst.slice(0, mostShown);
  return [
    ...table(
      ["chain", "requests at its end", "longest", "budget"],
      shown.map(({ services, amplification, longest, budget }: Chain) => [
        services.join(" -> "),
        `${amplification} for one`,
        millis(longest),
        millis(budget),
      ]),
    ),
    ...(total > shown.length ? [`and ${total - shown.length} more that amplify no more than these`] : []),
  ];
}

function allChains({ between, mostRetries }: AllChains): string[] {
  const shown = between.slice(0, mostShown);
  return [
    ...table(
      ["from .. to", "chains", "requests at the end of all", "retries of them"],
      shown.map(({ first, last, chains, requests, retries }) => [
        `${first} .. ${last}`,
        String(chains),
        `${requests} for one`,
        String(retries),
      ]),
    ),
    ...(between.length > shown.length
      ? [`and ${between.length - shown.length} more that get no more than these`]
      : []),
    `more than ${mostRetries} retries for one are refused`,
  ];
}

function some(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function millis(amount: number): string {
  return spell(Duration.millis(amount));
}
