import { didYouMean } from "../constructs/model/problem.ts";
import { Fault } from "./fault.ts";

/** @throws Fault (exit code 1) with the name that was meant, or all that there are */
export function expectKnown(what: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new Fault(
    `${what} ${name || "without a name"} is unknown; ${didYouMean(name, known, `there are ${known.join(", ")}`)}`,
    1,
  );
}
