import { afterEach, expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";

export function deployAlone(scene: () => Scene): void {
  const undo: (() => Promise<void>)[] = [];

  async function undone(): Promise<void> {
    for (let back = undo.pop(); back !== undefined; back = undo.pop()) await back();
  }

  afterEach(undone);

  test("deploys one service and touches no other", async () => {
    const { checkout, cluster } = scene();
    undo.push(await checkout.configure("payment", { RELEASE: "alone" }));
    const before = await orderTemplate(scene());
    succeeded(await checkout.run("npm", "run", "deploy", "--", "dev", "payment"));
    expect(
      await cluster.kubectl("get", "deployment", "-n", "dev-payment", "payment", "-o", "yaml"),
    ).toContain("alone");
    expect(await orderTemplate(scene())).toEqual(before);
  });

  test("leaves a service whose changes are due as it runs, and tells so", async () => {
    const { checkout, cluster } = scene();
    undo.push(await checkout.configure("rental", { RELEASE: "beside" }));
    try {
      const { stderr } = succeeded(await checkout.run("npm", "run", "deploy", "--", "dev", "rental"));
      expect(stderr).toContain("left as they run in dev, though changes are due: payment");
      expect(
        await cluster.kubectl("get", "deployment", "-n", "dev-payment", "payment", "-o", "yaml"),
      ).toContain("alone");
    } finally {
      await undone();
      for (const service of ["payment", "rental"])
        succeeded(await checkout.run("npm", "run", "deploy", "--", "dev", service));
    }
  });

  test("refuses a callee that gives up what its caller, as it runs, still asks", async () => {
    const { checkout } = scene();
    undo.push(
      await checkout.edit("services/payment.ts", (text) => text.replace(/^ {6}"GET \/payments\/.*\n/m, "")),
    );
    undo.push(
      await checkout.edit("services/order.ts", (text) =>
        text.replace(/^ {4}call\(payment\.api, \{\n {6}requests: \["GET[\s\S]*?^ {4}\}\),\n/m, ""),
      ),
    );
    const { exitCode, stderr } = await checkout.run("npm", "run", "deploy", "--", "dev", "payment");
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      [
        "payment cannot be deployed alone to dev: what runs still asks what it would no longer answer",
        "  order: GET /payments/{id} at port 3000",
        "deploy those first, or all together: npx pulumi up -s dev",
      ].join("\n"),
    );
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
