import * as pulumi from "@pulumi/pulumi";
import { type Environment, ProblemsError } from "../constructs/index.ts";
import { allReady, awaiting } from "./await.ts";
import { environments } from "./environments.ts";
import { deploy } from "./service.ts";
import { renderShop } from "./shop.ts";

const rendered = inOwnWords(() => renderShop(environment(pulumi.getStack())));
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

/** Problems of descriptions are help for their writer, who needs no stack trace. */
function inOwnWords<Value>(action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    throw error instanceof ProblemsError ? new pulumi.RunError(error.message) : error;
  }
}
