import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { renderShop } from "../../stacks/delivery/index.ts";
import { environments } from "../../stacks/environments.ts";
import { shop as mountainPass } from "../../stacks/shop.ts";
import { type Outcome, succeeded } from "./checkout.ts";
import { ask } from "./load.ts";
import type { Scene } from "./scene.ts";

export function gitops(scene: () => Scene): void {
  test("brings dev up by the printed sequence, which stops until the Secrets exist", async () => {
    const { cluster } = scene();
    const first = await bySequence(scene());
    expect(first.stderr).toContain('secrets "order-database" not found');
    await makeSecrets(scene());
    succeeded(await bySequence(scene()));
    const answer = await ask(`${await cluster.gateway()}/orders`, { note: "by kubectl" });
    expect(JSON.parse(answer)).toMatchObject({
      service: "order",
      calls: { payment: { service: "payment" } },
    });
  });
}

/** What the printed sequence did. */
export async function bySequence({ checkout, cluster }: Scene): Promise<Outcome> {
  const { stdout } = succeeded(await checkout.run("npm", "run", "--silent", "synth", "--", "dev"));
  const { exitCode, ...said } = await execa("bash", ["-euo", "pipefail", "-c", stdout], {
    cwd: checkout.folder,
    env: cluster.env,
    stderr: ["pipe", "inherit"],
    reject: false,
  });
  return { exitCode, stdout: said.stdout, stderr: said.stderr };
}

/** What a person, or External Secrets, does from the list of Secrets. */
async function makeSecrets({ cluster }: Scene): Promise<void> {
  for (const { name, namespace, type, generate } of renderShop(mountainPass, environments.dev).flatMap(
    ({ secrets }) => secrets,
  )) {
    const stringData = generate?.(randomBytes(16).toString("hex"));
    await cluster.apply([
      { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, type, stringData },
    ]);
  }
}
