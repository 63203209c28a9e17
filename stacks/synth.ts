// The cdk8s entry: `cdk8s synth` runs it, as does `node stacks/synth.ts`. It writes every environment.
import { join } from "node:path";
import { report } from "../tools/report.ts";
import { environments } from "./environments.ts";
import { writeFiles } from "./files.ts";
import { judgeShop } from "./judgement.ts";
import { renderShop } from "./shop.ts";

const output = process.env.CDK8S_OUTDIR ?? "dist";

try {
  for (const environment of Object.values(environments)) {
    const shop = renderShop(environment);
    judgeShop(shop, environment);
    await writeFiles(join(output, environment.name), shop);
  }
} catch (error) {
  process.exitCode = report(error);
}
