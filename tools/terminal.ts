import { styleText } from "node:util";

/** Words of strangers, on one line: what would move the cursor, colour the rest or turn the order of letters round is spelled instead. */
export function visible(words: string): string {
  return words.replace(
    /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Whether a stream wants colours: a terminal that can, unless NO_COLOR; anything with FORCE_COLOR. */
export function isColourful(stream: NodeJS.WriteStream): boolean {
  return styleText("bold", "x", { stream }) !== "x";
}
