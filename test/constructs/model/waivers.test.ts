import { expect, test } from "@jest/globals";
import { order, problems, resolved } from "../example.ts";

const reason = "they are asked at the same time";

test("a waiver names a pitfall, says why, and may end", () => {
  const waivers = [{ pitfall: "sequential-calls", reason, until: "2027-01-31" }];
  expect(problems([order({ waivers })])).toEqual([]);
  expect(resolved(order({ waivers })).waivers).toEqual(waivers);
});

test("nothing is waived where nothing is said", () => {
  expect(resolved(order()).waivers).toEqual([]);
});

test("every part of a waiver is checked", () => {
  expect(
    problems([order({ waivers: [{ pitfall: "deep-chains", reason: " ", until: "2027-02-31" }] })]),
  ).toEqual([
    'order: waivers[0].pitfall is deep-chains, but must be "deep-chain" or "wide-fan-out" or "sequential-calls" or "single-pod-store" or "single-point-of-failure" or "chatty-pair"; choose one of them',
    'order: waivers[0].reason is " ", but must be a sentence; say why it stays',
    "order: waivers[0].until is 2027-02-31, but must be a day; write for example 2027-01-31",
  ]);
  expect(problems([order({ waivers: [{ pitfall: "deep-chain", reason, until: "soon" }] })])).toEqual([
    "order: waivers[0].until is soon, but must be a day; write for example 2027-01-31",
  ]);
  expect(problems([order({ waivers: [{ pitfall: "deep-chain", reason: "x".repeat(1001) }] })])).toEqual([
    expect.stringMatching(
      /^order: waivers\[0\]\.reason is x+…, but must have at most 1000 characters; shorten it$/,
    ),
  ]);
});

test("a pitfall is waived once", () => {
  const waiver = { pitfall: "deep-chain", reason };
  expect(problems([order({ waivers: [waiver, waiver] })])).toEqual([
    "order: waivers[1].pitfall is deep-chain, but it is waived already; waive it once",
  ]);
});
