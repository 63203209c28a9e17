import { z } from "zod";
import type { Settings } from "./judgement/verdict.ts";
import { type BareRule, severities } from "./rule.ts";

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

/** What is not said is not allowed. */
const strictest: StackSettings = { level: "mandatory", rules: [] };

/** The settings of a stack, and if they cannot be read, why. */
interface ReadSettings {
  readonly settings: StackSettings;
  readonly problem?: string;
}

/** Reads the inputs of all such resources of a stack. Whoever wrote the program wrote these as well: nothing in them is taken for granted. */
export function readSettings([inputs, ...others]: readonly object[]): ReadSettings {
  if (inputs === undefined) return { settings: strictest };
  if (others.length > 0) return unread("there are several resources that say so; keep one");
  if (Object.keys(inputs).length === 0)
    return unread(
      "their resource shows no inputs; unset PULUMI_NODEJS_SKIP_COMPONENT_INPUTS, and leave the policy kind enabled",
    );
  const { data, error } = stackSettings.safeParse(inputs);
  if (data !== undefined) return { settings: data };
  return unread(
    `${error.issues.flatMap(fieldsOf).join(", ")}: not what the kit writes, or known only after the deployment; leave the resource to the kit`,
  );
}

function unread(why: string): ReadSettings {
  const problem = `the stack's settings cannot be read, so that every rule is mandatory and nothing is exempted: ${why}`;
  return { settings: strictest, problem };
}

function fieldsOf(issue: z.core.$ZodIssue): string[] {
  const keys = issue.code === "unrecognized_keys" ? issue.keys : [];
  const paths = keys.length > 0 ? keys.map((key) => [...issue.path, key]) : [issue.path];
  return paths.map((path) => path.join("."));
}

const expression = z.string();

const bareRule = z.strictObject({
  id: z.string(),
  title: z.string(),
  severity: z.literal(severities),
  remedy: z.string(),
  matchConstraints: z.array(z.strictObject({ apiGroup: z.string(), kinds: z.array(z.string()) })),
  variables: z.array(z.strictObject({ name: z.string(), expression })).exactOptional(),
  validations: z.array(z.strictObject({ expression, messageExpression: expression })),
});

const exemption = z.strictObject({
  rule: z.string(),
  object: z.strictObject({ kind: z.string(), namespace: z.string(), name: z.string() }),
  owner: z.string(),
  reason: z.string(),
  // Compared as text: of another form it might never come.
  expires: z.iso.date(),
});

const stackSettings: z.ZodType<StackSettings> = z.strictObject({
  level: z.literal(["advisory", "mandatory"]),
  levels: z.record(z.string(), z.literal(["advisory", "mandatory", "disabled"])).exactOptional(),
  parameters: z.record(z.string(), z.string()).exactOptional(),
  exemptions: z.array(exemption).exactOptional(),
  rules: z.array(bareRule),
});
