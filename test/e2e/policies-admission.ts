import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgeBy, type KubernetesObject } from "../../policies/judgement/judge.ts";
import { manifestsOf } from "../constructs/mutations.ts";
import { differences } from "../policies/differences.ts";
import { examples, examplesOf, parameters, richObjects } from "../policies/examples.ts";
import { mutated } from "../policies/mutations.ts";
import { deployedShop, everyEnvironment } from "../proofs.ts";
import { ApiServer } from "./api-server.ts";
import { changes, standing } from "./changed-objects.ts";
import { exemptions } from "./exempted-objects.ts";
import { largeObjects } from "./large-objects.ts";
import { fixtures, standards } from "./pod-security-fixtures.ts";
import {
  admissible,
  type Court,
  courts,
  differing,
  everyRule,
  exempting,
  fewRules,
  judgedLater,
  oneRule,
  PoliciesInForce,
  placed,
  pruned,
} from "./policies-in-force.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

export function policiesAdmission(scene: () => Scene): void {
  let policies: PoliciesInForce;
  let server: ApiServer;

  beforeAll(async () => {
    server = new ApiServer(scene().cluster.env.KUBECONFIG as string);
    policies = new PoliciesInForce(scene().cluster);
    await policies.make();
    for (const court of courts) await inForce(server, court);
  });

  afterAll(async () => {
    await policies.remove();
    server.close();
  });

  test.each(
    admissible.map((rule) => [rule.id, rule] as const),
  )("%s: the API server says of the examples what we say", async (_, rule) => {
    for (const object of examplesOf(rule)) await expectSameVerdict(server, object);
  });

  test.each(oneRule)("$namespace refuses what breaks its rule, and nothing else", async (court) => {
    const { rule } = court;
    for (const object of examplesOf(rule)) {
      const [first] = judgeBy([rule], [object], parameters);
      const isJudged = first !== undefined && (await server.isNamespaced(object));
      const { refusal } = await server.create(object, court);
      expect(refusal.replace(/^.* denied request: /, "")).toBe(isJudged ? first.message : "");
    }
  });

  test.each(
    everyEnvironment,
  )("the API server says of every object of MountainPass in $environment.name what we say", async (shop) => {
    for (const object of manifestsOf(shop).filter(isJudged)) await expectSameVerdict(server, object);
  });

  test.each(differences)("$what: to the API server, too, $expression $outcome", async (difference) => {
    const { rule, object, outcome } = difference;
    const { refusal, warnings } = await server.create(object, differing);
    const said = outcome === "holds" ? [] : [`${rule.id}: ${outcome}`];
    expect({ refusal, said: warnings.map(undecided) }).toEqual({ refusal: "", said });
  });

  test("the API server says of 5,000 changed objects what we say", async () => {
    const seed = Number(process.env.SEED ?? 20261121);
    process.stderr.write(`SEED=${seed}\n`);
    const corpus = [...examples, ...richObjects, ...manifestsOf(deployedShop)].filter(isJudged);
    let violations = 0;
    const changed = fc.asyncProperty(mutated(corpus).map(pruned), async (object) => {
      const verdict = await judged(server, object);
      fc.pre(verdict.refusal === "");
      violations += verdict.here.length;
      expect({ object, said: verdict.there }).toEqual({ object, said: verdict.here });
    });
    await fc.assert(changed, { seed, numRuns: 5000, maxSkipsPerRun: 10 });
    expect(violations).toBeGreaterThan(5000);
  });

  test.each(largeObjects)("the API server can afford to judge $what, and says what we say", async ({
    object,
  }) => {
    await expectSameVerdict(server, object);
  });

  test.each(exemptions)("an exemption holds for $what: $taken", async ({ object, by, taken }) => {
    const { refusal } = await server.create(object, exempting, by);
    expect(refusal).toMatch(taken ? /^$/ : isDenial);
  });

  test.each(changes)("$what: what stood before its policies may be changed so: $taken", async (change) => {
    const object = standing.find(({ metadata }) => metadata.name === change.of) as KubernetesObject;
    const { refusal } = await server.change(object, judgedLater, change);
    expect(refusal).toMatch(change.taken ? /^$/ : isDenial);
  });

  describe("the fixtures of the Pod Security Standards", () => {
    test.each(standards)("$level: what passes and fails there passes and fails here", async (standard) => {
      const ids = new Set(standard.rules.map(({ id }) => id));
      const given = await fixtures(standard);
      for (const verdict of [true, false])
        expect(given.filter(({ passes }) => passes === verdict).length).toBeGreaterThan(10);
      for (const { file, pod, passes } of given) {
        const broken = (await fixtureVerdict(server, file, pod)).filter((words) => ids.has(ruleOf(words)));
        expect({ file, passes: broken.length === 0 }).toEqual({ file, passes });
      }
    });
  });
}

function ruleOf(words: string): string {
  return words.slice(0, words.indexOf(":"));
}

/** What both say of a fixture. Some are older than a check of the API server's own, which comes before any policy. */
async function fixtureVerdict(server: ApiServer, file: string, pod: KubernetesObject) {
  const { here, there, refusal } = await judged(server, pod);
  if (refusal === "") expect({ file, said: there }).toEqual({ file, said: here });
  else expect(refusal).toMatch(/ is invalid: /);
  return here;
}

/** Bindings come into force one after the other, as they were made. */
async function inForce(server: ApiServer, court: Court): Promise<void> {
  const last = court.rules.slice(-1);
  const failing = last.flatMap(examplesOf).filter((object) => judgeBy(last, [object], parameters).length > 0);
  await until(
    `the policies of ${court.namespace}`,
    () => Promise.all(failing.map((object) => server.create(object, court))),
    (answers) => answers.some(({ warnings, refusal }) => warnings.length > 0 || isDenial.test(refusal)),
    1,
  );
}

const isDenial = / denied request: /;

/** Whether a rule looks at objects of the kind: of the others nobody says anything. */
function isJudged({ kind }: KubernetesObject): boolean {
  return admissible.some(({ matchConstraints }) =>
    matchConstraints.some(({ kinds }) => kinds.includes(kind)),
  );
}

async function expectSameVerdict(server: ApiServer, object: KubernetesObject): Promise<void> {
  const { refusal, there, here } = await judged(server, object);
  expect({ object, refusal, said: there }).toEqual({ object, refusal: "", said: here });
}

/** What the API server and we say of an object: `<rule>: <message>`, in order of the alphabet. */
async function judged(server: ApiServer, object: KubernetesObject) {
  const here = judgeBy(admissible, [placed(object)], parameters).map(
    ({ rule, message }) => `${rule}: ${message}`,
  );
  const courts = here.join().length > shortened ? fewRules : [everyRule];
  const answers = await Promise.all(courts.map((court) => server.create(object, court)));
  return {
    refusal: answers.map(({ refusal }) => refusal).find(Boolean) ?? "",
    // A set: what reads a variable that cannot be evaluated is told once here, and once a validation there.
    there: [...new Set(answers.flatMap(({ warnings }) => warnings.map(undecided)))].sort(),
    here: [...new Set(here.map(undecided))].sort(),
  };
}

// Of 4096 characters, less the names of policies and bindings before each message.
const shortened = 1500;

/** Each engine has words of its own for what it cannot evaluate. The API server's hold the expression, and may end there. */
function undecided(words: string): string {
  return words.replace(/: (the rule cannot be evaluated: |expression ').*/s, ": cannot be evaluated");
}
