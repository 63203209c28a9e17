import { rest, service } from "../../../../../constructs/index.ts";

/** Knows what things cost. */
export const prices = service("prices", {
  owner: "pricing",
  api: rest({ port: 4000, callers: ["checkout"] }),
});
