import { Duration } from "../../../constructs/index.ts";
import { spell } from "../../../constructs/model/units.ts";
import type { CallGraph, Edge } from "./call-graph.ts";

/** The call graph as Mermaid, which GitHub draws: https://mermaid.js.org/syntax/flowchart.html. What is retried is drawn thick. */
export function mermaid({ services, externals, edges }: CallGraph): string {
  const names = [...services, ...externals].map(({ name }) => name);
  // A service may be called `end`, which is a word of Mermaid's.
  const id = (name: string) => `s${names.indexOf(name)}`;
  return [
    "flowchart LR",
    ...services.map(({ name, owner }) => `  ${id(name)}["${name}<br>${owner}"]`),
    ...externals.map(({ name, owner }) => `  ${id(name)}(["${name}<br>${owner}, outside"])`),
    ...arrows(edges).map(
      ({ caller, callee, words, isRetried }) =>
        `  ${id(caller)} ${isRetried ? "==>" : "-->"}|"${words.join("<br>")}"| ${id(callee)}`,
    ),
    "",
  ].join("\n");
}

/** The call graph for Graphviz: https://graphviz.org/doc/info/lang.html. What is retried is drawn thick. */
export function dot({ environment, services, externals, edges }: CallGraph): string {
  return [
    `digraph "${environment}" {`,
    "  rankdir=LR; node [shape=box];",
    ...services.map(({ name, owner }) => `  "${name}" [label="${name}\\n${owner}"];`),
    ...externals.map(
      ({ name, owner }) => `  "${name}" [label="${name}\\n${owner}, outside", style=rounded];`,
    ),
    ...arrows(edges).map(
      ({ caller, callee, words, isRetried }) =>
        `  "${caller}" -> "${callee}" [label="${words.join("\\n")}"${isRetried ? ", penwidth=2" : ""}];`,
    ),
    "}",
    "",
  ].join("\n");
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
