import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import type { Service } from "../constructs/index.ts";
import { platformName } from "../stacks/delivery/platform.ts";
import {
  startSteps as clusterSteps,
  hasImages,
  importImage,
  kubeconfig as localKubeconfig,
} from "../tools/cluster/index.ts";
import { refuseUnlessDev } from "../tools/dev-context.ts";
import { Fault } from "../tools/fault.ts";
import { areImagesBuilt, type BuiltImage, buildImages, imageReferences } from "../tools/images/index.ts";
import { pushImages } from "../tools/images/push.ts";
import { writeImageReferences } from "../tools/images/references.ts";
import { requireMesh } from "../tools/mesh-requirements.ts";
import { requirePlatform } from "../tools/platform-requirements.ts";
import { forgetLostCluster } from "../tools/pulumi/made-anew.ts";
import { ensureStack, up } from "../tools/pulumi/stack.ts";
import { shopRoot } from "../tools/shop-root.ts";
import { runSteps, type Step } from "../tools/step.ts";
import { type Target, target } from "../tools/target.ts";
import { environmentOf, loadServices, loadShop, meshedOf } from "./loaded-shop.ts";

interface StartOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly registry?: string;
  readonly load?: readonly string[];
  readonly archive?: true;
  readonly anyContext?: true;
  readonly json?: true;
}

const localTarget: Target = { kubeconfig: localKubeconfig, context: "pressurevalve" };
const environmentName = "dev";
/** The platform before what it judges. */
const stacks = [platformName({ name: environmentName }), environmentName];
const referencesFile = join(shopRoot, "stacks", `images.${environmentName}.json`);

/** Sets everything up, deploys dev, and shows that the shop works. */
export function startCommand(): Command {
  return new Command("start")
    .description("bring dev up on the local cluster, or on a cluster of yours, and place an order")
    .option("--kubeconfig <file>", "use a cluster of yours instead of the local one")
    .option("--context <name>", "the context in the kubeconfig (its current one when left out)")
    .option(
      "--registry <repository>",
      "push the images there for a cluster of yours, e.g. ghcr.io/mountainpass",
    )
    .addOption(
      new Option(
        "--load <archive...>",
        "load images of your own into the local cluster, as docker save writes them",
      ).conflicts("archive"),
    )
    .option("--archive", "only build the images, and say how to load them into a cluster of yours")
    .option("--any-context", "deploy even to a context that does not look like a cluster for development")
    .addOption(new Option("--json", "print the running services and the order as JSON").conflicts("archive"))
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  requireArchives(options.load);
  const images = imagesOf(await loadServices());
  if (options.archive) return buildArchives(images);
  const place = placeOf(options, images);
  await runSteps([
    ...place.steps,
    stacksStep(place.target),
    ...stacks.map((stack) => deployStep(stack, place.target)),
  ]);
  // Not earlier: the environments hold the image references, which the first steps write.
  const [shop, { showShop }] = await Promise.all([loadShop(), import("./sample-order.ts")]);
  await showShop(shop, environmentOf(shop, environmentName), place.target, { json: options.json === true });
  const { kubeconfig, context } = place.target;
  console.error(`\nkubectl --kubeconfig ${kubeconfig} --context ${context} get pods --all-namespaces`);
}

/** Before anything is begun, which may take a while. */
function requireArchives(archives: readonly string[] = []): void {
  const missing = archives.filter((archive) => !existsSync(archive));
  if (missing.length > 0)
    throw new Fault(
      missing
        .map((archive) => `--load is ${archive}, but there is no such file; write it with docker save`)
        .join("\n"),
      1,
    );
}

/** Where dev goes, and what has to be done before it can. */
interface Place {
  readonly target: Target;
  readonly steps: readonly Step[];
}

/** The names of the images that services run, which are their own unless they say otherwise. */
function imagesOf(services: readonly Service[]): string[] {
  return [...new Set(services.map(({ name, description }) => description.image ?? name))];
}

function placeOf(
  { kubeconfig, context, registry, load = [], anyContext }: StartOptions,
  images: readonly string[],
): Place {
  if (kubeconfig === undefined) {
    if (context ?? registry)
      throw new Fault("--context and --registry are for a cluster of yours; add --kubeconfig <file>", 1);
    return {
      target: localTarget,
      steps: [
        referencesStep(images),
        ...clusterSteps(),
        imagesStep(images),
        importStep(images),
        ...load.map(loadStep),
      ],
    };
  }
  if (load.length > 0)
    throw new Fault(
      "--load is for the local cluster; load the archives into the nodes of yours, as kind load image-archive does",
      1,
    );
  const yours = target(kubeconfig, context);
  if (!anyContext) refuseUnlessDev(yours);
  const platform: Step = { title: `cluster of context ${yours.context}`, run: () => requirePlatform(yours) };
  return {
    target: yours,
    steps: [
      platform,
      registry === undefined ? referencesStep(images) : pushStep(images, registry),
      meshStep(yours),
    ],
  };
}

/** Not earlier than the image references are written, which the environments hold. */
function meshStep(target: Target): Step {
  return {
    title: `mesh of context ${target.context}`,
    run: async () => requireMesh(target, meshedOf(await loadShop(), environmentName)),
  };
}

function referencesStep(images: readonly string[]): Step {
  return {
    title: `image references (stacks/images.${environmentName}.json)`,
    run: async (say) => {
      if (await writeImageReferences(referencesFile, await imageReferences(images)))
        say("written anew: the sources changed");
    },
  };
}

function imagesStep(images: readonly string[]): Step {
  return {
    title: "images",
    done: () => areImagesBuilt(images),
    run: async (say) => {
      await buildImages(images, say);
    },
  };
}

function importStep(images: readonly string[]): Step {
  return {
    title: "images into the cluster",
    done: async () => (await imagesToImport(images)).length === 0,
    run: async (say) => {
      for (const { archive, references } of await imagesToImport(images)) {
        say(`importing ${references.join(", ")}`);
        await importImage(archive);
      }
    },
  };
}

/** What has been loaded before is known by its content, and costs nothing. */
function loadStep(archive: string): Step {
  return { title: `${archive} into the cluster`, run: () => importImage(archive) };
}

async function imagesToImport(names: readonly string[]): Promise<BuiltImage[]> {
  const { images } = await buildImages(names);
  const there = await Promise.all(images.map(({ references }) => hasImages(references)));
  return images.filter((_, at) => !there[at]);
}

function pushStep(images: readonly string[], registry: string): Step {
  return {
    title: `images to ${registry}`,
    run: async (say) => {
      const pushed = await pushImages(await buildImages(images, say), registry, say);
      await writeImageReferences(referencesFile, pushed);
    },
  };
}

/** Before any of them is deployed: what is wrong with the state of one leaves the others as they are. */
function stacksStep({ kubeconfig, context }: Target): Step {
  return {
    title: `stacks ${stacks.join(" and ")}`,
    run: async (say) => {
      for (const stack of stacks) await ensureStack(stack, { kubeconfig, context }, say);
    },
  };
}

function deployStep(stack: string, where: Target): Step {
  return {
    title: `pulumi up -s ${stack}`,
    run: async (say) => {
      await forgetLostCluster(stack, where, say);
      await up(stack, say);
    },
  };
}

async function buildArchives(names: readonly string[]): Promise<void> {
  await runSteps([referencesStep(names), imagesStep(names)]);
  const { images } = await buildImages(names);
  console.error("load these into the nodes of your cluster, then run npm start with --kubeconfig; for kind:");
  for (const { archive } of images) console.log(`kind load image-archive ${archive}`);
}
