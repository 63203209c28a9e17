import { Fault } from "../fault.ts";
import { reinstall } from "./checkout.ts";
import { type Finding, fromFault } from "./finding.ts";

/** What kept us from examining something: a fault, a package that is missing, or what nobody foresaw. */
export function unexamined(subject: string, error: unknown): Finding {
  if (error instanceof Fault) return fromFault(subject, error.message);
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = code === "ERR_MODULE_NOT_FOUND" ? reinstall : otherwise;
  return { subject, state: "missing", words: `cannot be examined: ${message}`, remedy };
}

const otherwise =
  "mend what that names; where nothing of yours is wrong, report it as a defect of PressureValve";
