import type { CallGraph } from "./call-graph.ts";

/** The call graph for a program; times in milliseconds. */
export function graphDocument({
  environment,
  mesh,
  services,
  externals,
  edges,
  chains,
  allChains,
}: CallGraph) {
  return {
    environment,
    mesh,
    services,
    externals,
    calls: edges.map(({ timeout, budget, ...edge }) => ({ ...edge, timeoutMs: timeout, budgetMs: budget })),
    chains: {
      total: chains.total,
      worst: chains.worst.map(({ longest, budget, ...chain }) => ({
        ...chain,
        longestMs: longest,
        budgetMs: budget,
      })),
    },
    allChains,
  };
}
