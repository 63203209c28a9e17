import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { asText, differences, restarts, type ServiceDifferences } from "../stacks/delivery/diff/index.ts";
import { renderedIn } from "../stacks/delivery/revision.ts";
import { Fault } from "../tools/fault.ts";
import { install, kitSpec, type ShopByTwoKits, withOtherKit } from "../tools/other-kit.ts";
import { shopRoot } from "../tools/shop-root.ts";
import { isColourful } from "../tools/terminal.ts";
import { environmentOf, loadShop } from "./loaded-shop.ts";

interface UpgradeOptions {
  readonly diff?: true;
  readonly stack?: string;
  readonly verbose?: true;
  readonly exitCode?: true;
  readonly restartPods?: true;
}

/** `pressurevalve upgrade [version|tarball] [--diff]` */
export function upgradeCommand(): Command {
  return new Command("upgrade")
    .description("change the version of the kit, having shown what that changes in every environment")
    .argument("[kit]", "a version or tag of pressurevalve, or the path of its tarball", "latest")
    .option("--diff", "only show what would change; the shop stays as it is")
    .option("-s, --stack <environment>", "look at this environment alone")
    .option("--verbose", "show objects that come or go in full")
    .option("--exit-code", "with --diff, end with 2 when there are differences")
    .option("--restart-pods", "upgrade although pods restart")
    .action(upgrade);
}

async function upgrade(kit: string, options: UpgradeOptions): Promise<void> {
  const environments = await environmentNames(options.stack);
  await refuseInKit();
  const spec = await kitSpec(kit);
  const changes = await withOtherKit(shopRoot, spec, (copies) => show(copies, environments, options));
  const differing = changes.filter(({ found }) => found.length > 0);
  if (options.diff) {
    if (options.exitCode && differing.length > 0) process.exitCode = 2;
    return;
  }
  if (!options.restartPods) refuseRestarts(changes);
  await install(shopRoot, spec);
  console.error("package.json and package-lock.json name the new version; npm test, and commit them");
}

async function environmentNames(stack: string | undefined): Promise<readonly string[]> {
  const shop = await loadShop();
  return stack === undefined ? Object.keys(shop.environments) : [environmentOf(shop, stack).name];
}

/** In the kit's own repository the shop is rendered by the sources that stand beside it. */
async function refuseInKit(): Promise<void> {
  const description = await readFile(join(shopRoot, "package.json"), "utf8").catch(() => "{}");
  if (JSON.parse(description).name === "pressurevalve")
    throw new Fault(`${shopRoot} is the kit's own repository; upgrade where the kit is installed`, 1);
}

/** What the other kit changes in an environment. */
interface Change {
  readonly environment: string;
  readonly found: readonly ServiceDifferences[];
}

async function show(
  { before, after }: ShopByTwoKits,
  environments: readonly string[],
  options: UpgradeOptions,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const environment of environments) {
    const [old, fresh] = await Promise.all([before, after].map((copy) => rendered(copy, environment)));
    const found = differences(old ?? [], fresh ?? []);
    const title = `${environment}, ${before.version} to ${after.version}`;
    const verbose = options.verbose === true;
    if (changes.length > 0) process.stdout.write("\n");
    process.stdout.write(asText(found, { title, verbose, colour: isColourful(process.stdout) }));
    changes.push({ environment, found });
  }
  return changes;
}

/** What one kit finds wrong need not be wrong with the other. */
async function rendered({ folder, version }: ShopByTwoKits["before"], environment: string) {
  try {
    return await renderedIn(folder, environment);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const lines = error.message.split("\n").map((line) => `with pressurevalve ${version}: ${line}`);
    throw new Fault(lines.join("\n"), error.exitCode);
  }
}

/** @throws Fault (exit code 2) that names the services whose pods would restart, by environment */
function refuseRestarts(changes: readonly Change[]): void {
  const restarted = changes.flatMap(({ environment, found }) => {
    const services = [...new Set(restarts(found).map(({ service }) => service))];
    return services.length === 0 ? [] : [`${environment}: ${services.join(", ")}`];
  });
  if (restarted.length === 0) return;
  throw new Fault(
    `the upgrade restarts pods (${restarted.join("; ")}), and was not made; ask for it with --restart-pods`,
    2,
  );
}
