import { Argument, InvalidArgumentError } from "commander";
import { didYouMean } from "../constructs/model/problem.ts";
import { environments } from "../stacks/environments.ts";

/** The argument that names an environment. */
export function environmentArgument(): Argument {
  const names = Object.keys(environments);
  return new Argument("<environment>", names.join(", ")).argParser((name) => {
    if (!names.includes(name))
      throw new InvalidArgumentError(
        `there is no such environment; ${didYouMean(name, names, `choose ${names.join(", ")}`)}`,
      );
    return name;
  });
}
