import { Fault } from "../tools/fault.ts";

/**
 * The environment that a command line names, by an argument or as Pulumi spells it.
 *
 * @throws Fault (exit code 1) where it names none, or two
 */
export function namedEnvironment(argument: string | undefined, option: string | undefined): string {
  if (argument !== undefined && option !== undefined && argument !== option)
    throw new Fault(`${argument} and ${option} are two environments; name one`, 1);
  const name = argument ?? option;
  if (!name) throw new Fault("no environment is named; add one, such as -s production", 1);
  return name;
}
