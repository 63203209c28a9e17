import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../../constructs/index.ts";
import type { Finding } from "../../policies/judgement/verdict.ts";
import { rules } from "../../policies/rules/index.ts";
import { documents } from "../../stacks/delivery/yaml/document.ts";
import { ensurePrograms } from "../../tools/toolchain.ts";
import { applying, refusals } from "../e2e/checkers/kyverno.ts";
import type { Aim, Measurement } from "./aim.ts";
import { median, ratio, spread, table } from "./figures.ts";
import { judgedObjects, offenders, plainPolicies, standard } from "./judged.ts";
import { type Run, run } from "./process.ts";
import type { Rounds } from "./rounds.ts";

const judgingProgram = join(import.meta.dirname, "judging.ts");
const counts = [100, 20_000];
const limit = 10;
/** Of ValidatingAdmissionPolicies Kyverno compiles each anew for every object, so that 20,000 take six minutes a round. */
const compiledAnew = 1000;

/** Who judges the objects of a file, and by how many rules. */
interface Judge {
  readonly name: string;
  readonly rules: number;
  readonly turn: (ended: AbortSignal) => Promise<Turn>;
}

interface Turn {
  readonly whole: Run;
  /**
   * The CPU seconds of it that are neither the start of the process nor the reading of the objects. Not those of a clock:
   * on a busy machine two runs of the same differ by more than what is to be told.
   */
  readonly judging: number;
}

export interface Judgements {
  readonly objects: number;
  readonly judge: Judge;
  readonly turns: readonly Turn[];
}

const kit = "the kit, the Pod Security Standard";
const sameCel = "Kyverno, the same CEL";
const ownWay = "Kyverno, its own podSecurity";

/** Judging beside Kyverno's CLI, which judges the same objects by the same rules, in rounds that take turns. */
export async function measurePolicies(folder: string, rounds: Rounds): Promise<Measurement> {
  const { kyverno } = await ensurePrograms(["kyverno"], rounds.say);
  const policies = await writePolicies(folder);
  await expectSameVerdicts(folder, kyverno, policies);
  const all: Judgements[] = [];
  for (const count of counts) all.push(...(await judgeInTurns(folder, kyverno, policies, count, rounds)));
  return {
    title: "Judging by the policies",
    text: table(
      [
        "objects",
        "judge",
        "rules",
        "whole, s",
        "of it judging, CPU s",
        "rules x objects a CPU second",
        "peak MB",
      ],
      all.map(row),
    ),
    aims: counts.flatMap((count) => tenTimes(all.filter(({ objects }) => objects === count))),
    runs: all.map(({ judge: { turn: _, ...judge }, ...rest }) => ({ ...judge, ...rest })),
  };
}

async function judgeInTurns(
  folder: string,
  kyverno: string,
  policies: Policies,
  count: number,
  { rounds, say, ended }: Rounds,
): Promise<Judgements[]> {
  const objects = join(folder, `${count}-objects.yaml`);
  await writeFile(objects, documents(judgedObjects(count)));
  const judges = [
    kitJudge(kit, standard.length, "standard", objects, folder),
    kitJudge("the kit, all its rules", rules.length, "all", objects, folder),
    ...(count <= compiledAnew
      ? [kyvernoJudge(sameCel, kyverno, policies.sameCel, policies.idle, objects)]
      : []),
    kyvernoJudge(ownWay, kyverno, policies.ownWay, policies.idle, objects),
  ];
  const taken = judges.map((judge) => ({ objects: count, judge, turns: [] as Turn[] }));
  for (let round = 1; round <= rounds; round += 1)
    for (const { judge, turns } of taken) {
      const turn = await judge.turn(ended);
      turns.push(turn);
      say(
        `${count} objects, round ${round}: ${judge.name} ${turn.whole.seconds.toFixed(2)} s, of it judging ${turn.judging.toFixed(3)} CPU s`,
      );
    }
  return taken;
}

function kitJudge(name: string, ruleCount: number, which: string, objects: string, folder: string): Judge {
  const result = join(folder, "judged.json");
  const args = [judgingProgram, objects, which, result];
  return {
    name,
    rules: ruleCount,
    turn: async (ended) => {
      const whole = await run({ program: process.execPath, args, ended });
      return { whole, judging: JSON.parse(await readFile(result, "utf8")).judging };
    },
  };
}

/** Kyverno does not say what took how long: the same run by a policy that looks at nothing is taken off. */
function kyvernoJudge(name: string, program: string, policies: string, idle: string, objects: string): Judge {
  return {
    name,
    rules: standard.length,
    turn: async (ended) => {
      const nothing = await run({ program, args: applying(idle, objects), ended });
      const whole = await run({ program, args: applying(policies, objects), ended });
      return { whole, judging: whole.cpuSeconds - nothing.cpuSeconds };
    },
  };
}

/** Files of policies for Kyverno. */
interface Policies {
  /** Our rules of the Pod Security Standard as ValidatingAdmissionPolicies. */
  readonly sameCel: string;
  /** The same standard by a library of Kyverno's own. */
  readonly ownWay: string;
  /** A policy that looks at no object. */
  readonly idle: string;
}

async function writePolicies(folder: string): Promise<Policies> {
  const [first] = plainPolicies(standard) as [Manifest];
  const nothing = {
    ...first,
    spec: { ...(first.spec as object), matchConstraints: { resourceRules: [nowhere] } },
  };
  const written = { sameCel: plainPolicies(standard), ownWay: [podSecurity], idle: [nothing] };
  for (const [name, policies] of Object.entries(written)) {
    await writeFile(join(folder, `${name}.yaml`), documents(policies));
  }
  return {
    sameCel: join(folder, "sameCel.yaml"),
    ownWay: join(folder, "ownWay.yaml"),
    idle: join(folder, "idle.yaml"),
  };
}

const nowhere = {
  apiGroups: ["pressurevalve.dev"],
  apiVersions: ["*"],
  operations: ["CREATE"],
  resources: ["nothing"],
};

/** https://kyverno.io/docs/policy-types/cluster-policy/validate/#pod-security */
const podSecurity = {
  apiVersion: "kyverno.io/v1",
  kind: "ClusterPolicy",
  metadata: { name: "restricted" },
  spec: {
    rules: [
      {
        name: "restricted",
        match: { any: [{ resources: { kinds: ["Pod"] } }] },
        validate: { failureAction: "Audit", podSecurity: { level: "restricted", version: "latest" } },
      },
    ],
  },
};

/**
 * Both must find the same among objects that break every rule of the standard, or their figures would tell nothing.
 *
 * @throws Error with what only one of them finds
 */
async function expectSameVerdicts(folder: string, kyverno: string, policies: Policies): Promise<void> {
  const objects = join(folder, "offenders.yaml");
  await writeFile(objects, documents([...judgedObjects(100), ...offenders()]));
  const ours = await kitFindings(objects, folder);
  const unbroken = standard.filter(({ id }) => !ours.some(({ rule }) => rule === id));
  if (unbroken.length > 0) throw new Error(`no offender breaks ${unbroken.map(({ id }) => id).join(", ")}`);
  const theirs = await refusals(kyverno, policies.sameCel, objects);
  expectSame(
    sameCel,
    [
      ...new Map(
        ours.toReversed().map((finding) => [`${finding.rule}: ${nameOf(finding.object)}`, finding.message]),
      ),
    ].map(([what, message]) => `${what}: ${message}`),
    theirs.map(({ policy, object, message }) => `${policy}: ${object}: ${message}`),
  );
  expectSame(
    ownWay,
    ours.map(({ object }) => nameOf(object)),
    (await refusals(kyverno, policies.ownWay, objects)).map(({ object }) => object),
  );
}

function expectSame(judge: string, ours: readonly string[], theirs: readonly string[]): void {
  const missing = (from: readonly string[], all: readonly string[]) =>
    all.filter((one) => !from.includes(one));
  const differing = [
    ...missing(theirs, ours).map((one) => `the kit alone finds: ${one}`),
    ...missing(ours, theirs).map((one) => `${judge} alone finds: ${one}`),
  ];
  if (differing.length > 0) throw new Error(`the judges are not of one mind:\n${differing.join("\n")}`);
}

function nameOf(object: Finding["object"]): string {
  return object ? `${object.kind} ${object.namespace}/${object.name}` : "";
}

async function kitFindings(objects: string, folder: string): Promise<Finding[]> {
  const result = join(folder, "judged.json");
  await run({ program: process.execPath, args: [judgingProgram, objects, "standard", result] });
  return JSON.parse(await readFile(result, "utf8")).findings;
}

function row({ objects, judge: { name, rules }, turns }: Judgements): string[] {
  const judged = turns.map(({ judging }) => judging);
  const whole = turns.map(({ whole }) => whole);
  return [
    thousands(objects),
    name,
    String(rules),
    spread(
      whole.map(({ seconds }) => seconds),
      2,
    ),
    spread(judged, 3),
    median(judged) > 0 ? thousands((rules * objects) / median(judged)) : "",
    median(whole.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0),
  ];
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Beside each of Kyverno's ways, so that nobody chose the rival. What is lost in the noise of reading is not judged. */
export function tenTimes(judgements: readonly Judgements[]): Aim[] {
  const judging = ({ turns }: Judgements) => turns.map((turn) => turn.judging);
  const whole = ({ turns }: Judgements) => turns.map((turn) => turn.whole.seconds);
  const [ours] = judgements.filter(({ judge }) => judge.name === kit);
  if (ours === undefined) return [];
  return judgements
    .filter(({ judge }) => judge.name === sameCel || judge.name === ownWay)
    .map((theirs): Aim => {
      const promise = `${thousands(theirs.objects)} objects are judged ${limit} times as fast as by ${theirs.judge.name}`;
      const processes = `whole processes ${ratio(whole(theirs), whole(ours)).toFixed(1)} times`;
      if ([...judging(theirs), ...judging(ours)].some((seconds) => seconds <= 0))
        return { promise, measured: `its judging is lost in the noise of its reading; ${processes}` };
      const times = ratio(judging(theirs), judging(ours));
      return { promise, measured: `${times.toFixed(1)} times; ${processes}`, met: times >= limit };
    });
}
