import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Environment, render, resolve } from "../../../constructs/index.ts";
import { services } from "../../../services/index.ts";
import { documents } from "../../../stacks/delivery/yaml/document.ts";
import { environments } from "../../../stacks/environments.ts";
import { withoutMesh } from "../example.ts";

/** `npm run golden` writes the files anew; what changed is then for `git diff` to show. */
const update = process.env.UPDATE_GOLDEN === "1";

const golden = join(import.meta.dirname, "golden");

/** The environment with images of constant digests, for a new image changes no promise. */
function withConstantImages(environment: Environment): Environment {
  const names = services.map(({ name }) => name);
  const { postgres } = environment.stores;
  return {
    ...environment,
    images: Object.fromEntries(names.map((name) => [name, constantImage(name)])),
    smokeTestImage: constantImage("smoke-test"),
    stores: {
      postgres:
        postgres.kind === "statefulset" ? { ...postgres, image: constantImage("postgres") } : postgres,
    },
  };
}

function constantImage(name: string): string {
  return `images.example/${name}:1.0.0@sha256:${"0123456789abcdef".repeat(4)}`;
}

/** Every environment of the shop, and dev without a mesh. */
const everywhere = [...Object.values(environments), { ...withoutMesh(environments.dev), name: "plain" }];

describe.each(everywhere)("$name", (environment) => {
  const rendered = render(resolve(services, withConstantImages(environment)));

  test.each(rendered)("$name is rendered as its golden file says", ({ name, manifests }) => {
    const file = join(golden, environment.name, `${name}.yaml`);
    const text = documents(manifests);
    if (update) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    expect(
      existsSync(file) ? readFileSync(file, "utf8") : `no file ${name}.yaml: npm run golden writes it`,
    ).toBe(text);
  });
});
