import type { Environment, RenderedService } from "../../constructs/index.ts";
import { describe, imageDigests, judge } from "../../policies/index.ts";
import { Fault } from "../../tools/fault.ts";

/**
 * Judges the finished objects of an environment by the policies.
 * @throws Fault (exit code 2) with every violation.
 */
export function judgeShop(shop: readonly RenderedService[], environment: Environment): void {
  const objects = shop.flatMap(({ manifests }) => manifests);
  const violations = judge(objects, {
    except: environment.unpinnedImages === "allowed" ? [imageDigests] : [],
  });
  if (violations.length > 0) throw new Fault(violations.map(describe).join("\n"), 2);
}
