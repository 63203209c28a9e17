import { registerHooks } from "node:module";
import { extname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Manifest, render, resolve, service } from "../../../constructs/index.ts";
import type { concerns } from "../../../constructs/model/concerns.ts";
import type { ResolvedService } from "../../../constructs/model/resolve.ts";
import type { Shop } from "../shop.ts";
import { instrument, instrumentJson } from "./instrument.ts";
import { Recorder, recorderKey } from "./recorder.ts";

/** A shop and the kit, both loaded a second time, so that they tell what they do. */
export interface TracedShop {
  readonly recorder: Recorder;
  /** The shop's values as they are now: those from before constants were evaluated again are other ones. */
  readonly shop: () => Shop;
  /** Whether a source is one of the kit. */
  readonly isKits: (file: string) => boolean;
  readonly kit: {
    readonly resolve: typeof resolve;
    readonly render: typeof render;
    readonly service: typeof service;
    /** What a description's fields are checked by. */
    readonly concerns: typeof concerns;
    /** What makes the objects, before cdk8s copies them. */
    readonly rendered: readonly ((service: ResolvedService) => Manifest[])[];
  };
}

const kitRoot = join(import.meta.dirname, "../../..");
const constructs = join(kitRoot, "constructs");

/** Loads the module that exports `shop`, and what it and the kit consist of, under the eyes of a recorder. */
export async function traceShop(file: string): Promise<TracedShop> {
  const recorder = new Recorder();
  Object.assign(globalThis, { [recorderKey]: recorder });
  const hooks = registerHooks(tracing(recorder));
  try {
    const load = (path: string) => import(`${pathToFileURL(path).href}${mark}`);
    const extension = extname(import.meta.filename);
    const shop = await load(file);
    const [index, model, kubernetes] = await Promise.all(
      ["index", "model/concerns", "kubernetes/concerns"].map((name) =>
        load(join(constructs, name + extension)),
      ),
    );
    return {
      recorder,
      shop: () => shop.shop,
      isKits,
      kit: {
        resolve: index.resolve,
        render: index.render,
        service: index.service,
        concerns: model.concerns,
        rendered: kubernetes.concerns,
      },
    };
  } finally {
    hooks.deregister();
  }
}

/** Tells the second loading of a module from the first. */
const mark = "?explained";

function tracing(recorder: Recorder): Parameters<typeof registerHooks>[0] {
  return {
    resolve(specifier, context, next) {
      const resolved = next(specifier, context);
      if (!context.parentURL?.endsWith(mark) || !isTraced(resolved.url)) return resolved;
      // Data is made a module, for only code can tell where it stands.
      const asModule = resolved.url.endsWith(".json") && { format: "module", importAttributes: {} };
      return { ...resolved, url: resolved.url + mark, ...asModule };
    },
    load(url, context, next) {
      if (!url.endsWith(mark)) return next(url, context);
      const loaded = next(
        url,
        isData(url) ? { ...context, format: "json", importAttributes: { type: "json" } } : context,
      );
      const write = isData(url) ? instrumentJson : instrument;
      const source = write(fileURLToPath(url), String(loaded.source), recorder);
      return { ...loaded, source, ...(isData(url) && { format: "module" }) };
    },
  };
}

function isData(url: string): boolean {
  return url.endsWith(`.json${mark}`);
}

function isKits(file: string): boolean {
  return file.startsWith(constructs + sep);
}

/** The shop's own sources, and of the kit what makes the objects. */
function isTraced(url: string): boolean {
  if (!url.startsWith("file:")) return false;
  const file = fileURLToPath(url);
  if (isKits(file)) return true;
  const isRun = ["cli", "policies", "stacks/delivery", "tools"].some((folder) =>
    file.startsWith(join(kitRoot, folder) + sep),
  );
  return !isRun && !file.includes(`${sep}node_modules${sep}`);
}
