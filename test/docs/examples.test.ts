import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { Application } from "@kubernetes-models/argo-cd/argoproj.io/v1alpha1";
import { Gateway, type IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { loadAll } from "js-yaml";
import ts from "typescript";
import {
  type Environment,
  type Manifest,
  ProblemsError,
  render,
  resolve,
  type Service,
} from "../../constructs/index.ts";
import { services } from "../../services/index.ts";
import { environments } from "../../stacks/environments.ts";
import { moduleOf } from "./examples.ts";
import { type Block, blocks, blocksOf, root } from "./markdown.ts";

// Blocks that change files of the kit are tried out together, in concern.test.ts.
const examples = blocks("ts")
  .filter(({ mark }) => !/^(file|in) /.test(mark))
  .map((block) => ({ ...block, file: fileOf(block) }));

function fileOf({ at }: Block): string {
  return join(root, ".local/examples", `${at.replaceAll(/[^\w]+/g, "-")}.ts`);
}

beforeAll(() => {
  rmSync(join(root, ".local/examples"), { recursive: true, force: true });
  mkdirSync(join(root, ".local/examples"), { recursive: true });
  for (const block of examples) writeFileSync(block.file, moduleOf(block));
});

test("every example of TypeScript type-checks", () => {
  expect(examples.length).toBeGreaterThan(15);
  expect(typeErrors(examples.map(({ file }) => file))).toEqual([]);
}, 120_000);

function typeErrors(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, { ...options, noUnusedLocals: false });
  return files.flatMap((file) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText, start = 0 }) => {
      const line = program.getSourceFile(file)?.getLineAndCharacterOfPosition(start).line ?? 0;
      return `${file}:${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    }),
  );
}

describe.each(examples)("$at", (block) => {
  test("resolves and renders, or is refused as the page says", async () => {
    const exported: Record<string, unknown> = await import(block.file);
    const { environment = environments.production } = exported as { environment?: Environment };
    const shop = shopWith(exported);
    const told = problemsOf(shop, withImages(environment, shop));
    expect(told).toBe(block.mark.endsWith(", refused") ? blockAfter(block).text : "");
  });
});

// What the first example of a page is told before its image is known.
test.each(
  blocks("text").filter(({ mark }) => mark === "message in dev"),
)("$at is what the kit says of the page's example", async ({ page, text }) => {
  const [example] = examples.filter((one) => one.page === page);
  const exported: Record<string, unknown> = await import((example as { file: string }).file);
  expect(problemsOf(shopWith(exported), environments.dev)).toBe(text);
});

/** The shop with the services of a module, in the place of its own where they have the same name. */
function shopWith(exported: Record<string, unknown>): readonly Service[] {
  const shown = Object.values(exported).filter(isService);
  const names = new Set(shown.map(({ name }) => name));
  return [...services.filter(({ name }) => !names.has(name)), ...shown];
}

/** What the kit says against a shop. */
function problemsOf(shop: readonly Service[], environment: Environment): string {
  try {
    const rendered = render(resolve(shop, environment));
    expect(rendered.flatMap(({ manifests }) => manifests).length).toBeGreaterThan(shop.length);
    return "";
  } catch (error) {
    if (error instanceof ProblemsError) return error.message;
    throw error;
  }
}

function isService(value: unknown): value is Service {
  if (typeof value !== "object" || value === null || !("description" in value && "api" in value))
    return false;
  return (value as Service).api.external === undefined;
}

/** The environment with an image for every service that an example invents. */
function withImages(environment: Environment, shop: readonly Service[]): Environment {
  const [image = ""] = Object.values(environment.images);
  const names = shop.map(({ name, description }) => description.image ?? name);
  const invented = Object.fromEntries(names.map((name) => [name, image]));
  return { ...environment, images: { ...invented, ...environment.images } };
}

/** The message that the page shows beneath a wrong example. */
function blockAfter({ page, at }: Block): Block {
  const all = blocksOf(page);
  const next = all[all.findIndex((one) => one.at === at) + 1];
  if (next?.language !== "text") throw new Error(`${at} is refused, but no block of text shows the message`);
  return next;
}

// The manifests of the catalogue are those of the rules, which test/policies/rules/index.test.ts judges.
const shown = blocks("yaml")
  .filter(({ page }) => page !== "docs/policies.md")
  .flatMap(({ text }) => loadAll(text) as Manifest[]);
const models = { Application, Gateway } as const;

test("every manifest that a page shows is one that Argo CD or Istio takes", () => {
  expect(new Set(shown.map(({ kind }) => kind))).toEqual(new Set(Object.keys(models)));
  for (const object of shown)
    expect(() => new models[object.kind as keyof typeof models](object as never).validate()).not.toThrow();
});

test("the Gateway that a page shows takes the routes of production's public services, and nobody else's", () => {
  const production = render(resolve(services, environments.production)).flatMap(({ manifests }) => manifests);
  const bound = production.flatMap(({ kind, metadata, spec }) => {
    const { gateways = [], hosts = [] } = (spec ?? {}) as IVirtualService["spec"] & object;
    if (kind !== "VirtualService" || !gateways.includes("istio-ingress/shop")) return [];
    return hosts.map((host) => `${metadata.namespace}/${host}`);
  });
  const gateways = shown.filter(({ kind }) => kind === "Gateway") as IGateway[];
  expect(gateways.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`)).toEqual([
    "istio-ingress/shop",
  ]);
  for (const { hosts } of gateways[0]?.spec?.servers ?? [])
    expect(hosts.toSorted()).toEqual(bound.toSorted());
});
