import { expect, test } from "@jest/globals";
import { analysis as analysed } from "./checkers/istioctl.ts";
import type { Scene } from "./scene.ts";

/** Istio's own opinion of what runs; of what is rendered it is asked in checkers.test.ts. */
export function analysis(scene: () => Scene): void {
  test("the cluster as it runs: no error, no warning", async () => {
    const messages = await analysed(["--kubeconfig", scene().checkout.kubeconfigFile]);
    expect(messages.filter(({ level }) => level !== "Info")).toEqual([]);
  });
}
