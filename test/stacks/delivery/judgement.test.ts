import { expect, test } from "@jest/globals";
import type { Environment, Policies } from "../../../constructs/index.ts";
import { services } from "../../../services/index.ts";
import { judgeShop, policySettings } from "../../../stacks/delivery/judgement.ts";
import { renderShop } from "../../../stacks/delivery/shop.ts";
import { environments } from "../../../stacks/environments.ts";

function production(policies: Policies): Environment {
  return { ...environments.production, policies };
}

function judged(policies: Policies) {
  const environment = production(policies);
  return judgeShop(renderShop({ services }, environment), environment);
}

const exemption = {
  rule: "bounded-replicas",
  object: { kind: "HorizontalPodAutoscaler", namespace: "production-order", name: "order" },
  owner: "checkout",
  reason: "Black Friday",
  expires: "2999-01-01",
};

test("a parameter of the environment is what the rule compares with", () => {
  expect(() => judged({ level: "mandatory", parameters: { mostReplicas: 50 } })).toThrow(
    "bounded-replicas: HorizontalPodAutoscaler production-order/order: asks for 60 pods, and the environment allows 50",
  );
});

test("an exemption keeps one object from failing, until its day has gone by", () => {
  const parameters = { mostReplicas: 50 };
  expect(judged({ level: "mandatory", parameters, exemptions: [exemption] }).findings).toMatchObject([
    { exemption },
  ]);
  const expired = { ...exemption, expires: "2026-01-01" };
  expect(() => judged({ level: "mandatory", parameters, exemptions: [expired] })).toThrow(
    "bounded-replicas: the exemption of HorizontalPodAutoscaler order expired on 2026-01-01; checkout mends the object, or gives a later day and a reason",
  );
});

test("rules that there are not are named, all at once", () => {
  const policies: Policies = {
    level: "mandatory",
    levels: { privilegd: "advisory" },
    exemptions: [{ ...exemption, rule: "replicas" }],
  };
  expect(() => policySettings(production(policies))).toThrow(
    /policies\.levels\.privilegd: privilegd is no rule.*\n.*policies\.exemptions\[0\]\.rule: replicas is no rule/,
  );
});

test("an environment that allows unpinned images is judged without the rule that refuses them, unless it says so", () => {
  expect(policySettings(environments.dev).levels).toMatchObject({ "image-digests": "disabled" });
  const strict = {
    ...environments.dev,
    policies: { level: "mandatory", levels: { "image-digests": "mandatory" } },
  };
  expect(policySettings(strict as Environment).levels).toEqual({ "image-digests": "mandatory" });
});
