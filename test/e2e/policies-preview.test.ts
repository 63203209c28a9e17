import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import { isAdmissible } from "../../policies/admission.ts";
import { describe as described, type KubernetesObject, offender, rules } from "../../policies/index.ts";
import { judgeBy } from "../../policies/judge.ts";
import { manifestsOf } from "../constructs/mutations.ts";
import { examples, parameters } from "../policies/examples.ts";
import { everyEnvironment } from "../proofs.ts";
import { notYetKnown, secret } from "./marks.ts";
import { type Previewed, previewed } from "./previewed.ts";

jest.setTimeout(15 * 60_000);

const admissible = rules.filter(isAdmissible);

test("the pack says of the examples of all rules what we say", async () => {
  expect(await expectSameVerdict(examples)).toBeGreaterThan(rules.length);
});

test.each(
  everyEnvironment,
)("the pack says of all of MountainPass in $environment.name what we say", async (shop) => {
  await expectSameVerdict(manifestsOf(shop));
});

describe("what is not known before the deployment", () => {
  const container = { name: "app", image: "app" };
  const pod = (fields: object) =>
    ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "app", namespace: "app" },
      ...fields,
    }) as KubernetesObject;
  const undecided: readonly [field: string, object: KubernetesObject][] = [
    ["spec.hostNetwork", pod({ spec: { hostNetwork: notYetKnown, containers: [container] } })],
    [
      "spec.containers[0].securityContext",
      pod({ spec: { containers: [{ ...container, securityContext: notYetKnown }] } }),
    ],
    ["spec.containers[1]", pod({ spec: { containers: [container, notYetKnown] } })],
    ["spec.containers", pod({ spec: { containers: notYetKnown } })],
    ["spec", pod({ spec: notYetKnown })],
  ];
  const decided = pod({ spec: { hostNetwork: { [secret]: true }, containers: [container] } });
  const objects = [...undecided.map(([, object]) => object), decided];
  let advised: Previewed;
  let refused: Previewed;

  beforeAll(async () => {
    advised = await previewed(objects, { level: "advisory" });
    refused = await previewed(objects, { level: "mandatory" });
  });

  test.each(
    [...undecided.entries()].map(([number, [field]]) => ({ number, field })),
  )("$field: a rule that hangs on it says so", ({ number, field }) => {
    const told = advised.said.filter((one) => one.number === number && one.message.includes(": undecided: "));
    expect(told.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(`undecided: ${field} is known only after the deployment`),
    );
  });

  test("a secret is known, and judged", () => {
    const told = advised.said.filter(
      ({ number, rule }) => number === undecided.length && rule === "host-namespaces",
    );
    expect(told.map(({ message }) => message)).toEqual([expect.not.stringContaining("undecided")]);
  });

  test("it is advice where rules are advice, and refused where they are mandatory, each and every one", () => {
    const { said } = refused;
    const messages = (of: Previewed) => of.said.map(({ message }) => message).sort();
    expect(messages(refused)).toEqual(messages(advised));
    expect(new Set(advised.said.map(({ level }) => level))).toEqual(new Set(["advisory"]));
    expect(new Set(said.map(({ level }) => level))).toEqual(new Set(["mandatory"]));
    expect(advised.exitCode).toBe(0);
    expect(refused.exitCode).not.toBe(0);
  });
});

function preview(objects: readonly KubernetesObject[]): Promise<Previewed> {
  return previewed(objects, { level: "advisory", parameters });
}

/** @returns how many violations there are */
async function expectSameVerdict(objects: readonly KubernetesObject[]): Promise<number> {
  const { said } = await preview(objects);
  const there = said.map(({ number, rule, message }) => `${number} ${rule} ${message}`).sort();
  expect(there).toEqual(verdictHere(objects));
  return there.length;
}

/** What several objects say to each other is judged as a whole; of the other rules each object is judged by itself. */
function verdictHere(objects: readonly KubernetesObject[]): string[] {
  const numbers = new Map(objects.map((object, number) => [offender(object), number]));
  const ofOne = objects.flatMap((object) => judgeBy(admissible, [object], parameters));
  const ofSeveral = judgeBy(
    rules.filter((rule) => !isAdmissible(rule)),
    objects,
    parameters,
  );
  return [...ofOne, ...ofSeveral]
    .map(
      (violation) =>
        `${violation.object && numbers.get(violation.object)} ${violation.rule} ${described(violation)}`,
    )
    .sort();
}
