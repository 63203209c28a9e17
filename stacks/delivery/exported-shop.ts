import { type Problem, ProblemsError, type Service } from "../../constructs/index.ts";
import { nameless } from "../../constructs/model/resolve.ts";
import type { Shop } from "./shop.ts";

/**
 * What a module exports as its shop, when it is one: services with their names, and at least one environment by its
 * name. What these hold is checked when they are rendered.
 *
 * @throws ProblemsError with everything that is wrong
 */
export function expectShop(exported: unknown): Shop {
  expectNone(shopProblems(exported));
  return exported as Shop;
}

/** @throws ProblemsError where it is no list of services with names */
export function expectServices(exported: unknown): readonly Service[] {
  expectNone(servicesProblems(exported));
  return exported as readonly Service[];
}

function expectNone(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ProblemsError(problems);
}

function shopProblems(shop: unknown): Problem[] {
  if (isObject(shop)) return [...servicesProblems(shop.services), ...environmentsProblems(shop.environments)];
  return [
    {
      service: "stacks/shop.ts",
      field: "shop",
      value: shop,
      rule: "but must hold services and environments",
      remedy: "write export const shop = { services, environments } satisfies Shop",
    },
  ];
}

function servicesProblems(services: unknown): Problem[] {
  if (Array.isArray(services)) return nameless(services);
  return [
    {
      service: "shop",
      field: "services",
      value: services ?? "missing",
      rule: "but must be a list",
      remedy: "list what service(…) makes",
    },
  ];
}

function environmentsProblems(environments: unknown): Problem[] {
  const entries = isObject(environments) ? Object.entries(environments) : [];
  if (entries.length > 0) return entries.flatMap(misnamed);
  return [
    {
      service: "shop",
      field: "environments",
      value: environments ?? "missing",
      rule: "but must hold at least one environment by its name",
      remedy: "write for example { dev, production }",
    },
  ];
}

/** Commands and stacks go by the key, files and namespaces by what the environment holds. */
function misnamed([key, environment]: [string, unknown]): Problem[] {
  const name = isObject(environment) ? environment.name : undefined;
  if (name === key) return [];
  return [
    {
      service: "shop",
      field: `environments.${key}.name`,
      value: name ?? "missing",
      rule: `but is listed as ${key}`,
      remedy: "give both the same name",
    },
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
