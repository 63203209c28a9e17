import { Command } from "commander";
import { services } from "../services/index.ts";
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
import { requirePlatform } from "../tools/platform-requirements.ts";
import { ensureStack, up } from "../tools/pulumi/stack.ts";
import { runSteps, type Step } from "../tools/step.ts";
import { type Target, target } from "../tools/target.ts";

interface StartOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly registry?: string;
  readonly archive?: true;
  readonly anyContext?: true;
}

const localTarget: Target = { kubeconfig: localKubeconfig, context: "pressurevalve" };
const stack = "dev";
const referencesFile = `stacks/images.${stack}.json`;
const imageNames = [...new Set(services.map(({ name, description }) => description.image ?? name))];

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
    .option("--archive", "only build the images, and say how to load them into a cluster of yours")
    .option("--any-context", "deploy even to a context that does not look like a cluster for development")
    .action(start);
}

async function start(options: StartOptions): Promise<void> {
  if (options.archive) return buildArchives();
  const place = placeOf(options);
  await runSteps([...place.steps, deployStep(place.target)]);
  const { showShop } = await import("./shop.ts");
  await showShop(stack, place.target);
  const { kubeconfig, context } = place.target;
  console.error(`\nkubectl --kubeconfig ${kubeconfig} --context ${context} get pods --all-namespaces`);
}

/** Where dev goes, and what has to be done before it can. */
interface Place {
  readonly target: Target;
  readonly steps: readonly Step[];
}

function placeOf({ kubeconfig, context, registry, anyContext }: StartOptions): Place {
  if (kubeconfig === undefined) {
    if (context ?? registry)
      throw new Fault("--context and --registry are for a cluster of yours; add --kubeconfig <file>", 1);
    return { target: localTarget, steps: [referencesStep(), ...clusterSteps(), imagesStep(), importStep()] };
  }
  const yours = target(kubeconfig, context);
  if (!anyContext) refuseUnlessDev(yours);
  const platform: Step = { title: `cluster of context ${yours.context}`, run: () => requirePlatform(yours) };
  return { target: yours, steps: [platform, registry === undefined ? referencesStep() : pushStep(registry)] };
}

/** Before anything reads the environments, which hold the references. */
function referencesStep(): Step {
  return {
    title: `image references (${referencesFile})`,
    run: async (say) => {
      if (await writeImageReferences(referencesFile, await imageReferences(imageNames)))
        say("written anew: the sources changed");
    },
  };
}

function imagesStep(): Step {
  return {
    title: "images",
    done: () => areImagesBuilt(imageNames),
    run: async (say) => {
      await buildImages(imageNames, say);
    },
  };
}

function importStep(): Step {
  return {
    title: "images into the cluster",
    done: async () => (await imagesToImport()).length === 0,
    run: async (say) => {
      for (const { archive, references } of await imagesToImport()) {
        say(`importing ${references.join(", ")}`);
        await importImage(archive);
      }
    },
  };
}

async function imagesToImport(): Promise<BuiltImage[]> {
  const { images } = await buildImages(imageNames);
  const there = await Promise.all(images.map(({ references }) => hasImages(references)));
  return images.filter((_, at) => !there[at]);
}

function pushStep(registry: string): Step {
  return {
    title: `images to ${registry}`,
    run: async (say) => {
      const pushed = await pushImages(await buildImages(imageNames, say), registry, say);
      await writeImageReferences(referencesFile, pushed);
    },
  };
}

function deployStep(where: Target): Step {
  return {
    title: `pulumi up -s ${stack}`,
    run: async (say) => {
      await ensureStack(stack, { kubeconfig: where.kubeconfig, context: where.context });
      await up(stack, say);
    },
  };
}

async function buildArchives(): Promise<void> {
  await runSteps([referencesStep(), imagesStep()]);
  const { images } = await buildImages(imageNames);
  console.error("load these into the nodes of your cluster, then run npm start with --kubeconfig; for kind:");
  for (const { archive } of images) console.log(`kind load image-archive ${archive}`);
}
