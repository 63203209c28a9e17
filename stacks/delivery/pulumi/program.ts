import * as pulumi from "@pulumi/pulumi";
import {
  describePitfall,
  type Environment,
  ProblemsError,
  type RenderedService,
} from "../../../constructs/index.ts";
import { wrongDescriptions } from "../../../tools/pulumi/failure.ts";
import { asFault } from "../../../tools/report.ts";
import { expectShop } from "../exported-shop.ts";
import { policySettings } from "../judgement.ts";
import { pitfallsOf } from "../pitfall-warnings.ts";
import { placeholderImages } from "../placeholder-images.ts";
import { renderShop, type Shop } from "../shop.ts";
import { rulesOf } from "../shop-rules.ts";
import { isDeployed } from "./alone.ts";
import { endWithTheEngine } from "./lost-engine.ts";
import { Policies } from "./policies.ts";
import { deploy } from "./service.ts";

/** What a stack gives out. */
interface StackOutputs {
  /** The namespace of each service. */
  readonly namespaces: Readonly<Record<string, string>>;
}

/**
 * The Pulumi program of a shop: deploys the environment that has the stack's name, and waits until it is ready.
 *
 * @throws RunError with the problems of the descriptions, or with what did not become ready.
 */
export async function deployShop(shop: Shop): Promise<StackOutputs> {
  endWithTheEngine();
  const [rendered, found, settings, rules] = await inOwnWords(async () => {
    const by = await rulesOf();
    const values = environment(expectShop(shop), pulumi.getStack());
    return [renderShop(shop, values), pitfallsOf(shop, values), policySettings(values, by), by] as const;
  });
  if (found.length > 0) void pulumi.log.warn(found.map(describePitfall).join("\n"));
  const deployed = rendered.filter(({ name }) => isDeployed(name));
  expectImages(placeholderImages(deployed, pulumi.getStack()));
  new Policies(pulumi.getStack(), settings, rules);
  if (pulumi.runtime.isDryRun()) deploy(rendered);
  else await deployAndAwait(rendered);
  return { namespaces: Object.fromEntries(rendered.map(({ name, namespace }) => [name, namespace])) };
}

/** Loads the client of the cluster, for which a preview, that asks the cluster nothing, does not wait. */
async function deployAndAwait(rendered: readonly RenderedService[]): Promise<void> {
  const [{ allReady, awaiting }, { refuseClashes }] = await Promise.all([
    import("./await.ts"),
    import("./clashes.ts"),
  ]);
  await inOwnWords(() => refuseClashes(rendered));
  await allReady(deploy(rendered, awaiting()));
}

/** A stack is an environment of the same name. */
function environment({ environments }: Shop, stack: string): Environment {
  if (Object.hasOwn(environments, stack)) return environments[stack] as Environment;
  const known = Object.keys(environments).join(", ");
  throw new pulumi.RunError(`stack ${stack} is no environment; stacks/environments.ts has ${known}`);
}

/** What has no image yet can be previewed, and would never become ready. */
function expectImages(placeholders: readonly string[]): void {
  if (placeholders.length === 0) return;
  if (!pulumi.runtime.isDryRun())
    throw new pulumi.RunError(`${wrongDescriptions}\n${placeholders.join("\n")}`);
  void pulumi.log.warn(placeholders.join("\n"));
}

/** What is meant for a person needs no stack trace. */
async function inOwnWords<Value>(action: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ProblemsError) throw new pulumi.RunError(`${wrongDescriptions}\n${error.message}`);
    const fault = asFault(error);
    throw fault === undefined ? error : new pulumi.RunError(fault.message);
  }
}
