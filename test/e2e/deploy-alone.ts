import { expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";

export function deployAlone(scene: () => Scene): void {
  test("deploys one service and touches no other", async () => {
    const { checkout, cluster } = scene();
    const undo = await checkout.configure("payment", { RELEASE: "alone" });
    const before = await orderTemplate(scene());
    succeeded(await checkout.run("npm", "run", "deploy", "--", "dev", "payment"));
    expect(
      await cluster.kubectl("get", "deployment", "-n", "dev-payment", "payment", "-o", "yaml"),
    ).toContain("alone");
    expect(await orderTemplate(scene())).toEqual(before);
    await undo();
  });

  test("refuses, with a list, while changes of others are due", async () => {
    const { checkout } = scene();
    const { exitCode, stderr } = await checkout.run("npm", "run", "deploy", "--", "dev", "order");
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /order cannot be deployed alone to dev: other changes are due\npayment\n.*deployment\/dev-payment\/payment/s,
    );
    succeeded(await checkout.run("npm", "run", "deploy", "--", "dev", "payment"));
  });

  test("knows what was meant by a mistyped service", async () => {
    const { exitCode, stderr } = await scene().checkout.run("npm", "run", "deploy", "--", "dev", "paiment");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("service paiment is unknown; did you mean payment?");
  });
}

/** What order is to run; how many replicas is for the autoscaler to say. */
async function orderTemplate({ cluster }: Scene): Promise<unknown> {
  const { spec } = await cluster.get<{ spec: { template: unknown } }>("rollout", "-n", "dev-order", "order");
  return spec.template;
}
