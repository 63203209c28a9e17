import type { Settings } from "./judgement/verdict.ts";
import type { BareRule } from "./rule.ts";

/**
 * The type of the resource by which a Pulumi stack says how it is judged. The pack reads it, because a pack knows
 * neither environments nor shops.
 */
export const settingsType = "pressurevalve:index:Policies";

/** The inputs of that resource. The day is the judge's. */
export interface StackSettings extends Omit<Settings, "today"> {
  /** The shop's own rules, by which it is judged besides the kit's. */
  readonly rules: readonly BareRule[];
}
