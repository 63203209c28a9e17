import { Fault } from "../fault.ts";
import { mirror } from "../toolchain/download.ts";
import { proxyIn } from "../toolchain/proxy.ts";
import { type Finding, fromFault } from "./finding.ts";

/** The variables that say where downloads come from; each throws what is wrong with it. */
const settings: Readonly<Record<string, () => unknown>> = {
  PRESSUREVALVE_DOWNLOADS: mirror,
  HTTP_PROXY: () => proxyIn("HTTP_PROXY"),
  HTTPS_PROXY: () => proxyIn("HTTPS_PROXY"),
};

/** A variable that is unusable stops whatever has to be downloaded; of the others there is nothing to say. */
export function settingFindings(): Finding[] {
  return Object.entries(settings).flatMap(([name, read]) => {
    try {
      read();
      return [];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return [fromFault(name, error.message)];
    }
  });
}
