import { Argument } from "commander";
import { didYouMean } from "../constructs/model/problem.ts";
import { environments } from "../stacks/environments.ts";
import { Fault } from "../tools/fault.ts";

/** The argument that names an environment. */
export function environmentArgument(): Argument {
  const names = Object.keys(environments);
  return new Argument("<environment>", names.join(", ")).argParser((name) => {
    expectKnown("environment", name, names);
    return name;
  });
}

/** @throws Fault (exit code 1) with the name that was meant, or all that there are */
export function expectKnown(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new Fault(
    `${what} ${name} is unknown; ${didYouMean(name, known, `there are ${known.join(", ")}`)}`,
    1,
  );
}
