import { join } from "node:path";
import { describePitfall, type Environment } from "../../../constructs/index.ts";
import type { Rule } from "../../../policies/rule.ts";
import { Fault } from "../../../tools/fault.ts";
import { asFault, report } from "../../../tools/report.ts";
import { shopRoot } from "../../../tools/shop-root.ts";
import { expectShop } from "../exported-shop.ts";
import { pitfallsOf } from "../pitfall-warnings.ts";
import { placeholderImages } from "../placeholder-images.ts";
import { platformName, renderPlatform } from "../platform.ts";
import { judgeShop } from "../policies/judgement.ts";
import { rulesOf } from "../policies/shop-rules.ts";
import { renderShop, type Shop } from "../shop.ts";
import { writeFiles, writePlatform } from "./files.ts";

/**
 * Writes the YAML of every environment and its platform where `cdk8s synth` wants it (CDK8S_OUTDIR, or `dist` of the shop). What is wrong with any of
 * them goes to stderr and into the exit code; the others are written.
 */
export async function synthesise(shop: Shop): Promise<void> {
  const output = process.env.CDK8S_OUTDIR ?? join(shopRoot, "dist");
  try {
    const environments = Object.values(expectShop(shop).environments);
    const rules = await rulesOf();
    const failures = environments.flatMap((environment) => {
      const fault = write(shop, environment, rules, output);
      return fault === undefined ? [] : [{ environment: environment.name, fault }];
    });
    if (failures.length > 0) throw allOf(failures, environments.length);
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** @returns what is wrong with the environment, if that is known */
function write(
  shop: Shop,
  environment: Environment,
  rules: readonly Rule[],
  output: string,
): Fault | undefined {
  try {
    const rendered = renderShop(shop, environment);
    judgeShop(rendered, environment, rules);
    writeFiles(join(output, environment.name), rendered);
    writePlatform(join(output, platformName(environment)), renderPlatform(environment, rules));
    for (const line of placeholderImages(rendered, environment.name)) console.error(line);
    for (const pitfall of pitfallsOf(shop, environment))
      console.error(`warning: ${environment.name}: ${describePitfall(pitfall)}`);
    return undefined;
  } catch (error) {
    const fault = asFault(error);
    if (fault === undefined) throw error;
    return fault;
  }
}

interface Failure {
  readonly environment: string;
  readonly fault: Fault;
}

/** A wrong description is wrong everywhere, and told once; what only some environments have is told with their names. */
function allOf(failures: readonly Failure[], environments: number): Fault {
  const lines = failures.flatMap(({ environment, fault }) =>
    fault.message.split("\n").map((line) => ({ environment, line })),
  );
  const told = [...Map.groupBy(lines, ({ line }) => line)].map(([line, those]) => {
    const names = [...new Set(those.map(({ environment }) => environment))];
    return names.length === environments ? line : `${names.join(", ")}: ${line}`;
  });
  const [first] = failures.map(({ fault }) => fault.exitCode).sort();
  return new Fault(told.join("\n"), first ?? 1);
}
