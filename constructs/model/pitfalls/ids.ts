/** The pitfalls by which waivers name them. */
export const pitfallIds = [
  "deep-chain",
  "wide-fan-out",
  "sequential-calls",
  "single-pod-store",
  "single-point-of-failure",
  "chatty-pair",
] as const;
