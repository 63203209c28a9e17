import { expect, test } from "@jest/globals";
import { judgeBy, type KubernetesObject } from "../../../policies/judgement/judge.ts";
import { imageDigests } from "../../../policies/rules/supply-chain/image-digests.ts";

test.each([{ name: "app" }, { name: "app", image: "" }])("%j has no image", (container) => {
  const metadata = { name: "order", namespace: "order" };
  const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container] } };
  expect(judgeBy([imageDigests], [pod as KubernetesObject]).map(({ message }) => message)).toEqual([
    "container app (no image): image names no digest; pin it as <name>@sha256:<digest>",
  ]);
});
