import { expect, test } from "@jest/globals";
import { Duration } from "../../../constructs/index.ts";
import { backOffs, budgetOf } from "../../../constructs/model/retries.ts";
import { milliseconds } from "../../../constructs/model/units.ts";

test("the waits grow as Envoy's do, and no wait is longer than 250 ms", () => {
  const waits = [1, 2, 3, 4, 5, 6].map((attempts) => milliseconds(backOffs(attempts)));
  expect(waits).toEqual([0, 25, 100, 275, 525, 775]);
});

test("a call takes all its attempts and the waits between them", () => {
  expect(budgetOf(Duration.millis(200), 3)).toEqual(Duration.millis(700));
  expect(budgetOf(Duration.millis(200), 1)).toEqual(Duration.millis(200));
});
