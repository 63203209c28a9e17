import * as pulumi from "@pulumi/pulumi";
import { type Environment, ProblemsError } from "../constructs/index.ts";
import { wrongDescriptions } from "../tools/pulumi/failure.ts";
import { asFault } from "../tools/report.ts";
import { allReady, awaiting } from "./await.ts";
import { stackCluster } from "./cluster.ts";
import { environments } from "./environments.ts";
import { refuseForeignNamespaces } from "./foreign.ts";
import { deploy } from "./service.ts";
import { renderShop } from "./shop.ts";

const rendered = await inOwnWords(() => renderShop(environment(pulumi.getStack())));
if (!pulumi.runtime.isDryRun()) await inOwnWords(() => refuseForeignNamespaces(rendered, stackCluster()));
await allReady(deploy(rendered, awaiting()));

/** The namespace of each service. */
export const namespaces = Object.fromEntries(rendered.map(({ name, namespace }) => [name, namespace]));

/** A stack is an environment of the same name. */
function environment(stack: string): Environment {
  const found = Object.entries(environments).find(([name]) => name === stack);
  if (found) return found[1];
  const known = Object.keys(environments).join(", ");
  throw new pulumi.RunError(`stack ${stack} is no environment; stacks/environments.ts has ${known}`);
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
