import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { describeProblem, type Manifest, type Problem, ProblemsError } from "../../constructs/index.ts";
import { printable } from "../../constructs/model/problem.ts";
import { apiServerRefusals } from "./api-server.ts";
import { acceptedShops, type MutatedShop, manifestsOf, mutatedShops } from "./mutations.ts";
import { schemaRefusals } from "./schemas.ts";

const seed = Number(process.env.SEED ?? 20261121);

test("10,000 mutated shops: either problems that name service and field, or manifests that the schemas accept", () => {
  const outcomes = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(mutatedShops(), (shop) => {
      const result = outcome(shop);
      if (result instanceof ProblemsError) {
        outcomes.refused += 1;
        expect(result.problems).not.toHaveLength(0);
        for (const problem of result.problems) expectHelp(problem);
        return;
      }
      outcomes.accepted += 1;
      expect(result.filter(isOurs).flatMap(refusals)).toEqual([]);
    }),
    { seed, numRuns: 10_000, reporter },
  );
  // Both ways are taken often, or the test would say little.
  expect(Math.min(outcomes.accepted, outcomes.refused)).toBeGreaterThan(2000);
}, 600_000);

test("the sample for the API server is the same each time and holds no patched shop", () => {
  expect(acceptedShops(3).map(manifestsOf)).toEqual(acceptedShops(3).map(manifestsOf));
  expect(
    acceptedShops(3)
      .flatMap(manifestsOf)
      .filter((manifest) => !isOurs(manifest)),
  ).toEqual([]);
});

/** fast-check's own report would show the counterexample, and so call its throwing getters. */
function reporter({ failed, counterexamplePath, errorInstance }: fc.RunDetails<[MutatedShop]>): void {
  if (!failed) return;
  throw new Error(`SEED=${seed} fails at path ${counterexamplePath}: ${errorInstance}`, {
    cause: errorInstance,
  });
}

function outcome(shop: MutatedShop): readonly Manifest[] | ProblemsError {
  try {
    return manifestsOf(shop);
  } catch (error) {
    if (error instanceof ProblemsError) return error;
    throw error;
  }
}

/** `service: field …; remedy`, on one line. */
function expectHelp(problem: Problem): void {
  const text = describeProblem(problem);
  if (!text.startsWith(`${printable(problem.service)}: ${problem.field} `))
    throw new Error(`names no field: ${text}`);
  if (!/^\S.*; \S/.test(text) || /\bundefined;|but but|\[object/.test(text))
    throw new Error(`no help: ${text}`);
  if (/\p{Cc}/u.test(text) || text.length > 1000) throw new Error(`no single short line: ${text}`);
}

/** What a patch makes of an object is up to its writer; the object says that it is patched. */
function isOurs({ metadata }: Manifest): boolean {
  return metadata.annotations?.["pressurevalve.dev/patched"] === undefined;
}

const judged = new Map<string, string[]>();

/** Most manifests come back unchanged from one shop to the next. */
function refusals(manifest: Manifest): string[] {
  const text = JSON.stringify(manifest);
  const known = judged.get(text);
  if (known) return known;
  const found = [...schemaRefusals(manifest), ...apiServerRefusals(manifest)].map(
    (refusal) => `${manifest.kind} ${manifest.metadata.name}: ${refusal}`,
  );
  judged.set(text, found);
  return found;
}
