import { join } from "node:path";
import { report } from "../../../tools/report.ts";
import { judgeShop } from "../judgement.ts";
import { renderShop, type Shop } from "../shop.ts";
import { writeFiles } from "./files.ts";

/**
 * Writes the YAML of every environment where `cdk8s synth` wants it (CDK8S_OUTDIR, or `dist`). What is wrong goes to
 * stderr and into the exit code.
 */
export async function synthesise(shop: Shop): Promise<void> {
  const output = process.env.CDK8S_OUTDIR ?? "dist";
  try {
    for (const environment of Object.values(shop.environments)) {
      const rendered = renderShop(shop, environment);
      judgeShop(rendered, environment);
      writeFiles(join(output, environment.name), rendered);
    }
  } catch (error) {
    process.exitCode = report(error);
  }
}
