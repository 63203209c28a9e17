import { expect, test } from "@jest/globals";
import type { Environment, Policies } from "../../../../constructs/index.ts";
import { judgeShop, policySettings } from "../../../../stacks/delivery/policies/judgement.ts";
import { renderShop } from "../../../../stacks/delivery/shop.ts";
import { environments } from "../../../../stacks/environments.ts";
import { judgedShop } from "../../../proofs.ts";

const { services, environment } = judgedShop;
const policies = environment.policies as Required<Policies>;

/** As the shop is judged but for some fields. */
function judged(others: Partial<Policies> = {}) {
  const changed = { ...environment, policies: { ...policies, ...others } };
  return judgeShop(renderShop({ services }, changed), changed);
}

test("an exemption keeps one object from failing, until its day has gone by", () => {
  expect(judged()).toMatchObject({
    findings: [{ rule: "bounded-replicas", exemption: policies.exemptions[0] }],
    unused: [],
  });
  const exemptions = policies.exemptions.map((one) => ({ ...one, expires: "2026-01-01" }));
  expect(() => judged({ exemptions })).toThrow(
    "bounded-replicas: the exemption of HorizontalPodAutoscaler production-order/order expired on 2026-01-01; checkout mends the object, or gives a later day and a reason",
  );
});

test.each([
  [
    "mostReplicas",
    { mostReplicas: 20 },
    /bounded-replicas: .* spec.maxReplicas is 30, and the environment allows 20/,
  ],
  [
    "minReplicas",
    { minReplicas: 9 },
    /autoscaler-minimum: .*spec.minReplicas is 3, and the environment demands 9/,
  ],
  ["mostRetries", { mostRetries: 0 }, /limited-retries: .* tries more than 0 times again/],
  [
    "mostCpu",
    { mostCpu: "1m" },
    /requests-and-limits-in-bounds: .*resources.requests.cpu is more than the environment allows/,
  ],
  [
    "mostMemory",
    { mostMemory: "1Mi" },
    /requests-and-limits-in-bounds: .*resources.limits.memory is more than the environment allows/,
  ],
  [
    "registries",
    { registries: ["registry.elsewhere.example/"] },
    /allowed-registries: .*image is from a registry/,
  ],
])("the parameter %s is what its rule compares with", (_, others, message) => {
  expect(() => judged({ parameters: { ...policies.parameters, ...others } })).toThrow(message);
});

test("what the terminal would obey is spelled", () => {
  const exemptions = policies.exemptions.map((one) => ({
    ...one,
    owner: "a\u001b[2K\n::error::b",
    expires: "2026-01-01",
  }));
  expect(() => judged({ exemptions })).toThrow("a\\u001b[2K\\u000a::error::b mends the object");
});

test("what breaks an advisory rule is told, and keeps nothing", () => {
  const parameters = { ...policies.parameters, mostReplicas: 20 };
  const { findings } = judged({ parameters, levels: { "bounded-replicas": "advisory" } });
  expect(findings).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ rule: "bounded-replicas", level: "advisory" })]),
  );
  expect(judged({ parameters, level: "advisory" }).findings.length).toBe(findings.length);
});

test("rules that there are not are named, all at once", () => {
  const unknown = {
    levels: { privilegd: "advisory" as const },
    exemptions: policies.exemptions.map((one) => ({ ...one, rule: "replicas" })),
  };
  expect(() => judged(unknown)).toThrow(
    /policies\.levels\.privilegd: privilegd is no rule; did you mean privileged\?\n.*policies\.exemptions\[0\]\.rule: replicas is no rule/,
  );
});

test("an environment that allows unpinned images is judged without the rule that refuses them, unless it says so", () => {
  expect(policySettings(environments.dev).levels).toMatchObject({ "image-digests": "disabled" });
  const strict: Environment = {
    ...environments.dev,
    policies: { level: "mandatory", levels: { "image-digests": "mandatory" } },
  };
  expect(policySettings(strict).levels).toMatchObject({ "image-digests": "mandatory" });
});
