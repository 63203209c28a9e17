import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Environment, resolve, type Service } from "../constructs/index.ts";
import { expectServices, expectShop } from "../stacks/delivery/exported-shop.ts";
import type { Shop } from "../stacks/delivery/index.ts";
import { Fault } from "../tools/fault.ts";
import { expectKnown } from "../tools/known.ts";
import type { Meshed } from "../tools/mesh-requirements.ts";
import { shopRoot } from "../tools/shop-root.ts";

/**
 * The shop of the working directory, as its `stacks/shop.ts` exports it.
 *
 * @throws Fault (exit code 1) where there is none, ProblemsError where it is no shop
 */
export async function loadShop(): Promise<Shop> {
  return expectShop(await exported("stacks/shop.ts", "shop"));
}

/**
 * The services alone, for whoever must not look at the environments yet.
 *
 * @throws Fault (exit code 1) where there is no shop, ProblemsError where they are no services
 */
export async function loadServices(): Promise<readonly Service[]> {
  return expectServices(await exported("services/index.ts", "services"));
}

/**
 * The file of the shop of the working directory that exports `shop`.
 *
 * @throws Fault (exit code 1) where there is none
 */
export function shopFile(): string {
  return existing("stacks/shop.ts");
}

function existing(file: string): string {
  const path = join(shopRoot, file);
  if (existsSync(path)) return path;
  throw new Fault(
    `${shopRoot} holds no shop: there is no ${file}; go to the folder of your shop, or make one with npx pressurevalve init`,
    1,
  );
}

async function exported(file: string, name: string): Promise<unknown> {
  const path = existing(file);
  const module: Record<string, unknown> = await import(pathToFileURL(path).href);
  const value = module[name];
  if (value === undefined) throw new Fault(`${file} exports no ${name}; it must`, 1);
  return value;
}

/** @throws Fault (exit code 1) with the environment that was meant, or all that there are */
export function environmentOf({ environments }: Shop, name: string): Environment {
  expectKnown("environment", name, Object.keys(environments));
  return environments[name] as Environment;
}

/**
 * What an environment wants of the mesh of its cluster.
 *
 * @throws ProblemsError where the descriptions are wrong, Fault (exit code 1) where there is no such environment
 */
export function meshedOf(shop: Shop, name: string): Meshed {
  const environment = environmentOf(shop, name);
  const open = resolve(shop.services, environment).filter(({ api }) => api.public.length > 0);
  return { ...environment, publicNamespaces: open.map(({ namespace }) => namespace) };
}
