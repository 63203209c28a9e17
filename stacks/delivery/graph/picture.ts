import { Duration } from "../../../constructs/index.ts";
import { spell } from "../../../constructs/model/units.ts";
import type { AllChains, CallGraph, Edge } from "./call-graph.ts";

/** The call graph as Mermaid, which GitHub draws: https://mermaid.js.org/syntax/flowchart.html. What is retried is drawn thick. */
export function mermaid({ services, externals, edges, allChains }: CallGraph): string {
  const names = [...services, ...externals].map(({ name }) => name);
  // A service may be called `end`, which is a word of Mermaid's.
  const id = (name: string) => `s${names.indexOf(name)}`;
  const label = (...lines: string[]) => lines.join("<br>");
  return [
    "flowchart LR",
    ...services.map(({ name, owner }) => `  ${id(name)}["${label(name, owner, ...most(name, allChains))}"]`),
    ...externals.map(
      ({ name, owner }) => `  ${id(name)}(["${label(name, `${owner}, outside`, ...most(name, allChains))}"])`,
    ),
    ...arrows(edges).map(
      ({ caller, callee, words, isRetried }) =>
        `  ${id(caller)} ${isRetried ? "==>" : "-->"}|"${words.join("<br>")}"| ${id(callee)}`,
    ),
    "",
  ].join("\n");
}

/** The call graph for Graphviz: https://graphviz.org/doc/info/lang.html. What is retried is drawn thick. */
export function dot({ environment, services, externals, edges, allChains }: CallGraph): string {
  const label = (...lines: string[]) => lines.join("\\n");
  return [
    `digraph "${environment}" {`,
    "  rankdir=LR; node [shape=box];",
    ...services.map(
      ({ name, owner }) => `  "${name}" [label="${label(name, owner, ...most(name, allChains))}"];`,
    ),
    ...externals.map(
      ({ name, owner }) =>
        `  "${name}" [label="${label(name, `${owner}, outside`, ...most(name, allChains))}", style=rounded];`,
    ),
    ...arrows(edges).map(
      ({ caller, callee, words, isRetried }) =>
        `  "${caller}" -> "${callee}" [label="${words.join("\\n")}"${isRetried ? ", penwidth=2" : ""}];`,
    ),
    "}",
    "",
  ].join("\n");
}

/** What a service at the end of chains may get for one request at their beginning; of several beginnings, the worst. */
function most(name: string, { between }: AllChains): string[] {
  const worst = between.find(({ last }) => last === name);
  return worst === undefined ? [] : [`${worst.requests} for one at ${worst.first}`];
}

interface Arrow {
  readonly caller: string;
  readonly callee: string;
  readonly words: readonly string[];
  readonly isRetried: boolean;
}

/** Several calls of one callee are one arrow. */
function arrows(edges: readonly Edge[]): Arrow[] {
  const pairs = Map.groupBy(edges, ({ caller, callee }) => `${caller} ${callee}`);
  return [...pairs.values()].map((calls) => {
    const [{ caller, callee }] = calls as [Edge];
    return {
      caller,
      callee,
      words: [...new Set(calls.map(words))],
      isRetried: calls.some(({ attempts }) => attempts > 1),
    };
  });
}

function words({ attempts, timeout }: Edge): string {
  return `${attempts} x ${spell(Duration.millis(timeout))}`;
}
