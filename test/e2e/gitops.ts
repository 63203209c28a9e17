import { randomBytes } from "node:crypto";
import { expect, test } from "@jest/globals";
import { execa } from "execa";
import { renderShop } from "../../stacks/delivery/index.ts";
import { environments } from "../../stacks/environments.ts";
import { shop as mountainPass } from "../../stacks/shop.ts";
import { succeeded } from "./checkout.ts";
import { ask } from "./load.ts";
import type { Scene } from "./scene.ts";

export function gitops(scene: () => Scene): void {
  test("brings dev up by the printed sequence, which stops until the Secrets exist", async () => {
    const { checkout, cluster } = scene();
    const { stdout } = succeeded(await checkout.run("npm", "run", "--silent", "synth", "--", "dev"));
    const shell = (script: string) =>
      execa("bash", ["-euo", "pipefail", "-c", script], {
        cwd: checkout.folder,
        env: cluster.env,
        stderr: ["pipe", "inherit"],
        reject: false,
      });
    const first = await shell(stdout);
    expect(first.stderr).toContain('secrets "order-database" not found');
    await makeSecrets(scene());
    const second = await shell(stdout);
    expect(second.exitCode).toBe(0);
    const answer = await ask(`${await cluster.gateway()}/orders`, { note: "by kubectl" });
    expect(JSON.parse(answer)).toMatchObject({
      service: "order",
      calls: { payment: { service: "payment" } },
    });
  });
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
