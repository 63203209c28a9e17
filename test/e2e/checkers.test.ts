import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import type { Manifest } from "../../constructs/index.ts";
import { templatesOf } from "../../stacks/delivery/graph/pods.ts";
import { renderPlatform } from "../../stacks/delivery/platform.ts";
import { manifestsOf } from "../constructs/mutations.ts";
import { deployedShop, everyEnvironment } from "../proofs.ts";
import { type Checker, type Finding, inBuiltInKinds } from "./checkers/checker.ts";
import { checkov } from "./checkers/checkov.ts";
import { istioctl } from "./checkers/istioctl.ts";
import { justified, keyOf, keysOf } from "./checkers/justified.ts";
import { kubeScore } from "./checkers/kube-score.ts";
import { kyverno } from "./checkers/kyverno.ts";

// The first time they are built and fetched.
jest.setTimeout(30 * 60_000);

/** With what each environment's platform stack puts into the cluster. */
const shop = Object.fromEntries(
  everyEnvironment.map((one) => [
    one.environment.name,
    [...renderPlatform(one.environment), ...manifestsOf(one)],
  ]),
);
const names = Object.keys(shop);
const deployed = manifestsOf(deployedShop);

/** A checker, and objects in which it has to find something. */
interface Trial {
  readonly checker: Checker;
  readonly mistake: string;
  readonly spoiled: readonly Manifest[];
  readonly told: readonly (readonly [object: string, says: RegExp])[];
}

const privileged = respelled(/"allowPrivilegeEscalation":false/g, '"privileged":true');
const withPods = inBuiltInKinds(deployed).filter((object) => templatesOf(object).length > 0);

const trials: Trial[] = [
  {
    checker: kubeScore,
    mistake: "a privileged container, in whatever object it is",
    spoiled: privileged,
    told: withPods.map((object) => [idOf(object), /^container-security-context-privileged: /]),
  },
  {
    checker: checkov,
    mistake: "a privileged container, in whatever object it is",
    spoiled: privileged,
    told: withPods.map((object) => [idOf(object), /^CKV_K8S_16: /]),
  },
  {
    checker: kyverno,
    mistake: "a privileged container, in whatever object it is",
    spoiled: privileged,
    told: withPods.map((object) => [idOf(object), /^disallow-privileged-containers: /]),
  },
  {
    checker: istioctl,
    mistake: "a filter that Envoy does not know, and a gateway that is not there",
    spoiled: respelled(/envoy\.filters\.http\.router|istio-ingress\/shop/g, (name) =>
      name.startsWith("envoy") ? "envoy.router" : "istio-ingress/absent",
    ),
    told: [
      ["EnvoyFilter dev-order/shedding", /^IST0133: .*deprecated filter name "envoy.router"/],
      ["VirtualService dev-order/public", /^IST0101: .*istio-ingress\/absent/],
    ],
  },
];

describe.each(trials)("$checker.name", ({ checker: { name, judge }, mistake, spoiled, told }) => {
  let findings: readonly Finding[] = [];
  beforeAll(async () => {
    findings = await judge({ ...shop, spoiled });
  });

  test.each(names)("%s: nothing but what is justified", (environment) => {
    const expected = new Set(keysOf(name));
    const found = findings.filter((finding) => finding.environment === environment);
    expect(found.filter((finding) => !expected.has(keyOf(finding)))).toEqual([]);
  });

  test("nothing is justified that it does not say", () => {
    const found = new Set(findings.map(keyOf));
    expect(keysOf(name).filter((key) => !found.has(key))).toEqual([]);
  });

  test(`tells ${mistake}`, () => {
    for (const [object, says] of told)
      expect(findings).toContainEqual({ environment: "spoiled", object, says: expect.stringMatching(says) });
  });
});

test("no finding is justified twice", () => {
  const keys = trials.flatMap(({ checker: { name } }) => keysOf(name).map((key) => `${name}: ${key}`));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  expect(justified.map(({ reason }) => reason)).not.toContain("");
});

/** What is deployed, with other words in it. */
function respelled(words: RegExp, other: string | ((found: string) => string)): Manifest[] {
  return deployed.map((object) =>
    JSON.parse(
      JSON.stringify(object).replaceAll(words, (found) => (typeof other === "string" ? other : other(found))),
    ),
  );
}

function idOf({ kind, metadata: { namespace, name } }: Manifest): string {
  return `${kind} ${namespace}/${name}`;
}
