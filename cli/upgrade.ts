import { Command } from "commander";
import { asText, differences, restarts, type ServiceDifferences } from "../stacks/delivery/diff/index.ts";
import { renderedIn } from "../stacks/delivery/revision.ts";
import { Fault } from "../tools/fault.ts";
import {
  type CopiedShop,
  exactSpec,
  install,
  kitSpec,
  type ShopByTwoKits,
  withOtherKit,
} from "../tools/other-kit.ts";
import { isKit, shopRoot } from "../tools/shop-root.ts";
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
    .option("-s, --stack <environment>", "with --diff, look at this environment alone")
    .option("--verbose", "show objects that come or go in full")
    .option("--exit-code", "with --diff, end with 2 when there are differences")
    .option("--restart-pods", "upgrade although pods restart")
    .action(upgrade);
}

async function upgrade(kit: string, options: UpgradeOptions): Promise<void> {
  refuseInPart(options);
  const environments = await environmentNames(options.stack);
  refuseInKit();
  const spec = await kitSpec(kit);
  const { changes, version } = await withOtherKit(shopRoot, spec, async (copies, ended) => ({
    changes: await show(copies, environments, options, ended),
    version: copies.after.version,
  }));
  const differing = changes.filter(({ found }) => found.length > 0);
  if (options.diff) {
    if (options.exitCode && differing.length > 0) process.exitCode = 2;
    return;
  }
  if (!options.restartPods) refuseRestarts(changes);
  // What a tag such as latest stands for may be another version by now.
  await install(shopRoot, exactSpec(spec, version));
  console.error("package.json and package-lock.json name the new version; npm test, and commit them");
}

/** What was not looked at is not known to leave pods alone. */
function refuseInPart({ diff, stack, exitCode }: UpgradeOptions): void {
  if (diff) return;
  if (stack !== undefined)
    throw new Fault(
      `-s ${stack} looks at one environment, and an upgrade changes all of them; add --diff, or leave -s out`,
      1,
    );
  if (exitCode) throw new Fault("--exit-code says whether --diff found differences; add --diff", 1);
}

async function environmentNames(stack: string | undefined): Promise<readonly string[]> {
  const shop = await loadShop();
  return stack === undefined ? Object.keys(shop.environments) : [environmentOf(shop, stack).name];
}

/** In the kit's own repository the shop is rendered by the sources that stand beside it. */
function refuseInKit(): void {
  if (isKit(shopRoot))
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
  ended: AbortSignal,
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const environment of environments) {
    const old = await rendered(before, environment, ended);
    const found = differences(old, await rendered(after, environment, ended));
    const title = `${environment}, ${before.version} to ${after.version}`;
    const verbose = options.verbose === true;
    if (changes.length > 0) process.stdout.write("\n");
    process.stdout.write(asText(found, { title, verbose, colour: isColourful(process.stdout) }));
    changes.push({ environment, found });
  }
  return changes;
}

/** What one kit finds wrong need not be wrong with the other. */
async function rendered({ folder, version }: CopiedShop, environment: string, ended: AbortSignal) {
  try {
    const side = await renderedIn(folder, environment, ended);
    if (side.lacks === undefined) return side.services;
    throw new Fault(`${environment} is no environment for it; see its CHANGELOG.md`, 1);
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
