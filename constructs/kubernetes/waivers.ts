import type { ResolvedService } from "../model/resolve.ts";

/** What the owner has waived, for whoever looks at the workload. Pods do not restart when it changes. */
export function waiverAnnotations({ waivers }: ResolvedService): Record<string, string> {
  return Object.fromEntries(
    waivers.map(({ pitfall, reason, until }) => [
      `pressurevalve.dev/waives-${pitfall}`,
      until === undefined ? reason : `until ${until}: ${reason}`,
    ]),
  );
}
