import type { Variable } from "./rule.ts";

/** `variables.rules`: the rules of a Role or ClusterRole. The API server gives null where there are none. */
export const roleRules: Variable = {
  name: "rules",
  expression: "has(object.rules) && object.rules != null ? object.rules : []",
};
