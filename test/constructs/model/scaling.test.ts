import { expect, test } from "@jest/globals";
import { guarded, order, problems, resolved } from "../example.ts";

const scaled = (scaling: unknown) => order({ scaling });

test("a service that says nothing has as many replicas as its environment's minimum", () => {
  expect(resolved(order()).scaling).toEqual({ kind: "fixed", replicas: 1 });
  expect(resolved(order(), guarded).scaling).toEqual({ kind: "fixed", replicas: 3 });
});

test("an autoscaled service starts at the environment's minimum and aims at 70 % of its CPU", () => {
  expect(resolved(scaled({ kind: "autoscaled", max: 9 }), guarded).scaling).toEqual({
    kind: "autoscaled",
    min: 3,
    max: 9,
    cpu: 0.7,
  });
});

test("a minimum over the maximum is refused", () => {
  expect(problems([scaled({ kind: "autoscaled", min: 8, max: 5 })])).toEqual([
    "order: scaling.min is 8, but scaling.max is 5; raise max or lower min",
  ]);
});

test("fewer replicas than the environment's minimum are refused", () => {
  const remedy = "but production runs at least 3 of each service; raise it or leave it out";
  expect(problems([scaled({ kind: "fixed", replicas: 2 })], guarded)).toEqual([
    `order: scaling.replicas is 2, ${remedy}`,
  ]);
  expect(problems([scaled({ kind: "autoscaled", min: 1, max: 5 })], guarded)).toEqual([
    `order: scaling.min is 1, ${remedy}`,
  ]);
});

test("a maximum below the environment's minimum is said to be that, and nothing else", () => {
  expect(problems([scaled({ kind: "autoscaled", max: 2 })], guarded)).toEqual([
    "order: scaling.max is 2, but production runs at least 3 of each service; raise it to 3 or more",
  ]);
});

test("a missing, mistyped, foreign or undefined field is refused", () => {
  expect(problems([scaled({ kind: "autoscaled", maxx: 5 })])).toEqual([
    "order: scaling.max is missing: it must be a whole number; give a number of replicas",
    "order: scaling.maxx is no such field; did you mean max?",
  ]);
  expect(problems([scaled({ kind: "fixed", replicas: 3, max: 5 })])).toEqual([
    "order: scaling.max is no such field; take it out",
  ]);
  expect(problems([scaled({ kind: "fixed", replicas: undefined })])).toEqual([
    "order: scaling.replicas is undefined, but must be a whole number; give a number of replicas",
  ]);
});

test("an unknown kind is answered with those that there are", () => {
  expect(problems([scaled({ kind: "auto", max: 5 })])).toEqual([
    'order: scaling.kind is auto, but must be "fixed" or "autoscaled"; choose one of them',
  ]);
  expect(problems([scaled({ max: 5 })])).toEqual([
    'order: scaling.kind is missing: it must be "fixed" or "autoscaled"; choose one of them',
  ]);
});

test("replicas and the CPU target keep to their ranges", () => {
  expect(problems([scaled({ kind: "autoscaled", min: 0, max: 1001, cpu: 70 })])).toEqual([
    "order: scaling.min is 0, but must be at least 1; a service without replicas serves nothing",
    "order: scaling.max is 1001, but must be at most 1000; split the service",
    "order: scaling.cpu is 70, but must be at most 1; write for example 0.7",
  ]);
});
