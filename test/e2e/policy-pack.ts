import { expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";

const preview = ["pulumi", "preview", "-s", "dev", "--policy-pack", "policies"];
const withConfig = [...preview, "--policy-pack-config", "policies/unpinned-images-allowed.json"];

export function policyPack(scene: () => Scene): void {
  test("dev passes with unpinned images allowed", async () => {
    succeeded(await scene().checkout.run("npx", ...withConfig));
  });

  test("without that, the images of dev are refused", async () => {
    const { exitCode, stdout, stderr } = await scene().checkout.run("npx", ...preview);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain("image-digests");
  });

  test("a patch that weakens a pod is refused, by the pack and by synth alike", async () => {
    const { checkout } = scene();
    const patch =
      '  patches: [{ kind: "Deployment", name: "payment", reason: "a test", operations: [JsonPatch.add("/spec/template/spec/hostNetwork", true)] }],\n';
    const undo = await checkout.edit("services/payment.ts", (text) =>
      text
        .replace("import { ", "import { JsonPatch, ")
        .replace(/^ {2}owner: .*\n/m, (owner) => `${owner}${patch}`),
    );
    const packed = await checkout.run("npx", ...withConfig);
    const synthesised = await checkout.run("npm", "run", "synth", "--", "production");
    await undo();
    expect(packed.exitCode).not.toBe(0);
    expect(packed.stdout + packed.stderr).toContain("host-namespaces");
    expect(synthesised.exitCode).toBe(2);
    expect(synthesised.stderr).toContain("host-namespaces");
  });
}
