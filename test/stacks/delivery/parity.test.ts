import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { Yaml } from "cdk8s";
import type { Manifest, RequiredSecret } from "../../../constructs/index.ts";
import { renderShop } from "../../../stacks/delivery/index.ts";
import { renderPlatform } from "../../../stacks/delivery/platform.ts";
import { writeFiles, writePlatform } from "../../../stacks/delivery/yaml/files.ts";
import { environments } from "../../../stacks/environments.ts";
import { shop as mountainPass } from "../../../stacks/shop.ts";

const registered: Manifest[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "parity-"));
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      if (type.startsWith("kubernetes:")) registered.push(inputs as Manifest);
      return { id: name, state: inputs };
    },
    call: () => ({}),
  });
});

afterAll(() => rm(folder, { recursive: true }));

describe.each(Object.values(environments))("$name", (environment) => {
  const shop = renderShop(mountainPass, environment);
  let synthesised: Manifest[];
  let deployed: Manifest[];

  beforeAll(async () => {
    writeFiles(join(folder, environment.name), shop);
    synthesised = await readYaml(join(folder, environment.name));
    deployed = await register(() =>
      import("../../../stacks/delivery/pulumi/service.ts").then(({ deploy }) => deploy(shop)),
    );
  });

  test("synth and Pulumi make the same objects", () => {
    const objects = deployed.filter(({ kind }) => kind !== "Secret").map(withoutProviderAnnotations);
    expect(sorted(objects)).toEqual(sorted(synthesised));
    expect(synthesised.length).toBeGreaterThan(50);
  });

  test("Pulumi makes the generated Secrets that synth lists, and no other", () => {
    const secrets = deployed.filter(({ kind }) => kind === "Secret");
    const generated = shop.flatMap(({ secrets }) => secrets).filter(({ generate }) => generate);
    expect(sorted(secrets).map(secretShape)).toEqual(byNamespace(generated).map(requiredShape));
  });

  test("synth and Pulumi make the same policies of the platform", async () => {
    const platform = renderPlatform(environment);
    const written = join(folder, `${environment.name}-platform`);
    writePlatform(written, platform);
    const made = await register(() =>
      import("../../../stacks/delivery/pulumi/platform.ts").then(
        ({ Platform }) => new Platform(environment.name, platform),
      ),
    );
    expect(sorted(made.map(withoutProviderAnnotations))).toEqual(
      sorted((await readYaml(written)).map(withoutProviderAnnotations)),
    );
    expect(made.length).toBeGreaterThan(100);
  });

  test("no file holds a Secret", () => {
    expect(synthesised.filter(({ kind }) => kind === "Secret")).toEqual([]);
  });
});

async function register(action: () => Promise<unknown>): Promise<Manifest[]> {
  registered.length = 0;
  await action();
  // Registrations are asynchronous, and those that depend on others come later.
  await (pulumi.runtime as unknown as { disconnect(): Promise<void> }).disconnect();
  return [...registered];
}

async function readYaml(directory: string): Promise<Manifest[]> {
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith(".yaml"));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")));
  return texts.flatMap((text, index) =>
    text === "" ? [] : (Yaml.load(join(directory, names[index] as string)) as Manifest[]),
  );
}

/** What tells the Pulumi provider how to wait is no part of the object's meaning. */
function withoutProviderAnnotations(manifest: Manifest): Manifest {
  const annotations = Object.entries(manifest.metadata.annotations ?? {}).filter(
    ([name]) => !name.startsWith("pulumi.com/"),
  );
  return { ...manifest, metadata: { ...manifest.metadata, annotations: Object.fromEntries(annotations) } };
}

function sorted(manifests: Manifest[]): Manifest[] {
  const key = ({ kind, metadata }: Manifest) => `${kind}/${metadata.namespace}/${metadata.name}`;
  return [...manifests].sort((a, b) => key(a).localeCompare(key(b)));
}

function byNamespace(secrets: RequiredSecret[]): RequiredSecret[] {
  return [...secrets].sort((a, b) => a.namespace.localeCompare(b.namespace) || a.name.localeCompare(b.name));
}

/** The payload comes as Pulumi marks a secret: the value beside a signature. */
function secretShape({ metadata: { annotations, ...metadata }, type, stringData }: Manifest): object {
  const { value } = stringData as { value: object };
  expect(Object.keys(annotations ?? {}).filter((name) => !name.startsWith("pulumi.com/"))).toEqual([]);
  return { ...metadata, type, keys: Object.keys(value).sort() };
}

function requiredShape({ namespace, name, labels, type, keys }: RequiredSecret): object {
  return { namespace, name, labels, type, keys: [...keys].sort() };
}
