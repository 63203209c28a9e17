import { beforeAll, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { isAdmissible } from "../../policies/admission.ts";
import {
  describe as described,
  judgeBy,
  type KubernetesObject,
  offender,
} from "../../policies/judgement/judge.ts";
import { rules } from "../../policies/rules/index.ts";
import { manifestsOf } from "../constructs/mutations.ts";
import { examples, parameters, richObjects } from "../policies/examples.ts";
import { mutated } from "../policies/mutations.ts";
import { deployedShop, everyEnvironment } from "../proofs.ts";
import { notYetKnown, secret } from "./marks.ts";
import { type Fixture, fixtures, standards } from "./pod-security-fixtures.ts";
import { type Previewed, previewed } from "./previewed.ts";

jest.setTimeout(15 * 60_000);

// A preview of this many takes a quarter of a minute and half a gigabyte.
const batch = 1000;

const admissible = rules.filter(isAdmissible);

test("the pack says of the examples of all rules what we say", async () => {
  expect(await expectSameVerdict(examples)).toBeGreaterThan(rules.length);
});

test.each(
  everyEnvironment,
)("the pack says of all of MountainPass in $environment.name what we say", async (shop) => {
  await expectSameVerdict(manifestsOf(shop));
});

test("the pack says of 5,000 changed objects what we say", async () => {
  const seed = Number(process.env.SEED ?? 20261121);
  process.stderr.write(`SEED=${seed}\n`);
  const corpus = [...examples, ...richObjects, ...manifestsOf(deployedShop)];
  const changed = fc.sample(mutated(corpus), { seed, numRuns: 5 * batch }).map(apart);
  let violations = 0;
  for (let from = 0; from < changed.length; from += batch)
    violations += await expectSameVerdict(changed.slice(from, from + batch));
  expect(violations).toBeGreaterThan(changed.length);
});

describe("the fixtures of the Pod Security Standards", () => {
  test.each(standards)("$level: what passes and fails there passes and fails here", async (standard) => {
    const given = await fixtures(standard);
    for (const passes of [true, false])
      expect(given.filter((one) => one.passes === passes).length).toBeGreaterThan(10);
    const { said } = await preview(given.map(({ pod }) => pod));
    const ids = new Set(standard.rules.map(({ id }) => id));
    const broken = new Set(said.filter(({ rule }) => ids.has(rule)).map(({ number }) => number));
    const verdicts = given.map((one, number) => ({ ...one, passes: !broken.has(number) }));
    expect(verdicts.map(verdictOf)).toEqual(given.map(verdictOf));
  });
});

function verdictOf({ file, passes }: Fixture): string {
  return `${file} ${passes ? "passes" : "fails"}`;
}

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

/** Several of one name are no neighbours: nobody can say which of them another one means. */
function apart(object: KubernetesObject, number: number): KubernetesObject {
  const { name, namespace } = object.metadata;
  const own =
    namespace === undefined ? { name: `${name}-${number}` } : { namespace: `${namespace}-${number}` };
  const moved = { ...object, metadata: { ...object.metadata, ...own } };
  return withoutNulls(moved) as KubernetesObject;
}

/** Pulumi gives no field to the provider that is null, and the provider makes an empty object of a null in a list. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.filter((member) => member !== null).map(withoutNulls);
  const given = Object.entries(value).filter(([, field]) => field !== null);
  return Object.fromEntries(given.map(([name, field]) => [name, withoutNulls(field)]));
}
