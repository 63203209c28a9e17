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
import { pitfallsOf } from "../pitfall-warnings.ts";
import { placeholderImages } from "../placeholder-images.ts";
import { environmentOfPlatform, expectNoneExpired, renderPlatform } from "../platform.ts";
import { policySettings } from "../policies/judgement.ts";
import { rulesOf } from "../policies/shop-rules.ts";
import { renderShop, type Shop } from "../shop.ts";
import { isDeployed } from "./alone.ts";
import { endWithTheEngine } from "./lost-engine.ts";
import { Platform } from "./platform.ts";
import { Policies } from "./policies.ts";
import { deploy } from "./service.ts";

/** What a stack gives out. */
interface StackOutputs {
  /** The namespace of each service. */
  readonly namespaces: Readonly<Record<string, string>>;
}

/**
 * The Pulumi program of a shop. Stack `<environment>` deploys the environment, and waits until it is ready; stack
 * `<environment>-platform` puts its policies in force in the cluster.
 *
 * @throws RunError with the problems of the descriptions, or with what did not become ready.
 */
export async function deployShop(shop: Shop): Promise<StackOutputs> {
  endWithTheEngine();
  const stack = pulumi.getStack();
  const environments = new Map(Object.entries((await inOwnWords(() => expectShop(shop))).environments));
  const environment = environments.get(stack);
  if (environment !== undefined) return deployServices(shop, environment);
  const ofPlatform = environments.get(environmentOfPlatform(stack) ?? "");
  if (ofPlatform === undefined) throw unknownStack(stack, [...environments.keys()]);
  await deployPlatform(ofPlatform);
  return { namespaces: {} };
}

async function deployPlatform(environment: Environment): Promise<void> {
  const manifests = await inOwnWords(async () => {
    const rules = await rulesOf();
    expectNoneExpired(environment, rules);
    return renderPlatform(environment, rules);
  });
  new Platform(environment.name, manifests);
}

async function deployServices(shop: Shop, environment: Environment): Promise<StackOutputs> {
  const [rendered, found, settings, rules] = await inOwnWords(async () => {
    const by = await rulesOf();
    const settings = policySettings(environment, by);
    return [renderShop(shop, environment), pitfallsOf(shop, environment), settings, by] as const;
  });
  if (found.length > 0) void pulumi.log.warn(found.map(describePitfall).join("\n"));
  const deployed = rendered.filter(({ name }) => isDeployed(name));
  expectImages(placeholderImages(deployed, environment.name));
  new Policies(environment.name, settings, rules);
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

function unknownStack(stack: string, environments: readonly string[]): pulumi.RunError {
  return new pulumi.RunError(
    `stack ${stack} is no environment and no platform of one; stacks/environments.ts has ${environments.join(", ")}`,
  );
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
