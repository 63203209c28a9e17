// What a shop's own rules are written with: docs/tasks/write-a-policy.md. Nothing else of this folder is public.
export type { Match, Reference, Rule, Severity, Validation, Variable } from "./rule.ts";
export { everyContainer, everyPod, everySecurityContext, podKinds, pods } from "./rules/pods.ts";
