import { expect, test } from "@jest/globals";
import { isMadeAnew } from "../../../tools/pulumi/made-anew.ts";

const known = { kubeconfig: "/shop/.local/cluster/kubeconfig", context: "pressurevalve", uid: "monday" };

test("a cluster that was made anew in the same place is told by its uid", () => {
  expect(isMadeAnew(known, { ...known, uid: "tuesday" })).toBe(true);
});

test("the same cluster, a first one, and one elsewhere are not", () => {
  expect(isMadeAnew(known, known)).toBe(false);
  expect(isMadeAnew(undefined, known)).toBe(false);
  expect(isMadeAnew(known, { ...known, context: "kind-shop", uid: "tuesday" })).toBe(false);
});
