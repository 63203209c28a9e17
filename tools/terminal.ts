import { styleText } from "node:util";

/** Whether a stream wants colours: a terminal that can, unless NO_COLOR; anything with FORCE_COLOR. */
export function isColourful(stream: NodeJS.WriteStream): boolean {
  return styleText("bold", "x", { stream }) !== "x";
}
