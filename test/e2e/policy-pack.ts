import { expect, test } from "@jest/globals";
import { type Checkout, succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";

const pack = ["-s", "dev", "--policy-pack", "policies", "--non-interactive"];
const preview = ["pulumi", "preview", ...pack];
const up = ["pulumi", "up", "--yes", ...pack];

export function policyPack(scene: () => Scene): void {
  test("dev passes", async () => {
    succeeded(await scene().checkout.run("npx", ...preview));
  });

  test("a patch that weakens a pod is advice in dev, and is refused where rules are mandatory, by synth alike", async () => {
    const { checkout } = scene();
    const undoPatch = await weaken(checkout);
    const advised = await checkout.run("npx", ...preview);
    const undoLevel = await makeMandatory(checkout);
    const refused = await checkout.run("npx", ...preview);
    const synthesised = await checkout.run("npm", "run", "synth", "--", "dev");
    await undoLevel();
    await undoPatch();
    expect(succeeded(advised).stdout).toMatch(/\[advisory\].* host-namespaces /);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/\[mandatory\].* host-namespaces /);
    expect(synthesised.exitCode).toBe(2);
    expect(synthesised.stderr).toContain("host-namespaces");
  });

  test("pulumi up applies what passes, and nothing at all where a mandatory rule is broken", async () => {
    const { checkout, cluster } = scene();
    const undoVersion = await checkout.configure("payment", { SERVICE_VERSION: "judged" });
    const undoPatch = await weaken(checkout);
    const undoLevel = await makeMandatory(checkout);
    const before = await cluster.kubectl(...payment);
    const refused = await checkout.run("npx", ...up);
    expect(await cluster.kubectl(...payment)).toBe(before);
    await undoLevel();
    await undoPatch();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(/\[mandatory\].* host-namespaces /);

    succeeded(await checkout.run("npx", ...up));
    expect(await cluster.kubectl(...payment)).toContain('"judged"');
    await undoVersion();
    succeeded(await checkout.run("npx", ...up));
    expect(await cluster.kubectl(...payment)).toBe(before);
  });
}

/** What the Deployment of payment says, which changes with nothing else. */
const payment = ["get", "deployment", "payment", "-n", "dev-payment", "-o", "jsonpath={.spec.template}"];

function weaken(checkout: Checkout): Promise<() => Promise<void>> {
  const patch =
    '  patches: [{ kind: "Deployment", name: "payment", reason: "a test", operations: [JsonPatch.add("/spec/template/spec/hostNetwork", true)] }],\n';
  return checkout.edit("services/payment.ts", (text) =>
    text
      .replace("import { ", "import { JsonPatch, ")
      .replace(/^ {2}owner: .*\n/m, (owner) => `${owner}${patch}`),
  );
}

function makeMandatory(checkout: Checkout): Promise<() => Promise<void>> {
  return checkout.edit("stacks/environments.ts", (text) =>
    text.replace('policies: { level: "advisory"', 'policies: { level: "mandatory"'),
  );
}
