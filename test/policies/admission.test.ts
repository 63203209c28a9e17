import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { dump } from "js-yaml";
import { admission } from "../../policies/admission.ts";
import type { Settings } from "../../policies/judgement/verdict.ts";
import type { Match } from "../../policies/rule.ts";
import { jobsEnd } from "../../policies/rules/cost/jobs-end.ts";
import { requestsAndLimits } from "../../policies/rules/cost/requests-and-limits.ts";
import { volumeSize } from "../../policies/rules/data/volume-size.ts";

const update = process.env.UPDATE_GOLDEN === "1";
const golden = join(import.meta.dirname, "golden/admission.yaml");
const dev = { environment: "dev", namespaceLabels: { "pressurevalve.dev/environment": "dev" } };

function exempt(name: string, expires: string) {
  const object = { kind: "Deployment", namespace: "dev-order", name };
  return { rule: "requests-and-limits", object, owner: "checkout", reason: "a test", expires };
}

const settings: Settings = {
  level: "mandatory",
  levels: { "volume-size": "advisory", "jobs-end": "disabled" },
  parameters: { mostStorage: "100Gi" },
  exemptions: [exempt("order", "2026-11-22"), exempt("expired", "2026-11-21")],
  today: "2026-11-22",
};

/** The resources that a rule about these kinds is asked for. */
function resources(...matchConstraints: Match[]): string[] {
  const [policy] = admission([{ ...volumeSize, matchConstraints }], settings, dev);
  if (policy === undefined || !("matchConstraints" in policy.spec)) throw new Error("no policy");
  return policy.spec.matchConstraints.resourceRules.flatMap((rule) => rule.resources);
}

test("rules are policies and bindings, whole", () => {
  const rendered = admission([requestsAndLimits, volumeSize, jobsEnd], settings, dev);
  const text = rendered.map((object) => dump(object, { lineWidth: -1, noRefs: true })).join("---\n");
  if (update) writeFileSync(golden, text);
  expect(text).toBe(readFileSync(golden, "utf8"));
});

test.each([
  ["NetworkPolicy", "networkpolicies"],
  ["Gateway", "gateways"],
  ["Ingress", "ingresses"],
  ["Mesh", "meshes"],
  ["Box", "boxes"],
  ["Elasticsearch", "elasticsearches"],
  ["HTTPRoute", "httproutes"],
  ["Endpoints", "endpoints"],
])("the resource of a %s is called %s", (kind, name) => {
  expect(resources({ apiGroup: "example.com", kinds: [kind] })).toEqual([name]);
});

test("of a pod, whatever changes it while it runs is judged as well", () => {
  expect(resources({ apiGroup: "", kinds: ["Pod", "Service"] })).toEqual([
    "pods",
    "pods/ephemeralcontainers",
    "pods/resize",
    "services",
  ]);
});
