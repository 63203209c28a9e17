import type { Variable } from "../rule.ts";

/**
 * `variables.rules`: the rules of a Role or ClusterRole. Where there are none, the API server shows null, which is no
 * list; a ClusterRole that is aggregated of others is created so.
 */
export const roleRules: Variable = {
  name: "rules",
  expression: "has(object.rules) && type(object.rules) == list ? object.rules : []",
};
