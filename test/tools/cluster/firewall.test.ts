import { expect, test } from "@jest/globals";
import { admissions, type Ruleset, withdrawals } from "../../../tools/cluster/firewall.ts";

const docker: Ruleset = [
  { chain: { family: "ip", table: "filter", name: "FORWARD", type: "filter", hook: "forward" } },
  { chain: { family: "ip", table: "filter", name: "DOCKER-USER" } },
  { chain: { family: "ip", table: "nat", name: "PREROUTING", type: "nat", hook: "prerouting" } },
  { chain: { family: "ip6", table: "filter", name: "FORWARD", type: "filter", hook: "forward" } },
  { chain: { family: "inet", table: "firewalld", name: "filter_INPUT", type: "filter", hook: "input" } },
];

test("pods are admitted where this machine filters what is forwarded or comes in", () => {
  expect(admissions(docker).map((words) => words.join(" "))).toEqual([
    "insert rule ip filter FORWARD iifname pressurevalve0 oifname pressurevalve0 accept comment pressurevalve",
    "insert rule inet firewalld filter_INPUT iifname pressurevalve0 ip daddr 10.244.0.1 accept comment pressurevalve",
  ]);
});

test("a machine without a firewall is left as it is", () => {
  expect(admissions([])).toEqual([]);
});

test("only rules of ours are removed", () => {
  const place = { family: "ip", table: "filter", chain: "FORWARD" };
  const rules: Ruleset = [
    { rule: { ...place, handle: 7 } },
    { rule: { ...place, handle: 8, comment: "pressurevalve" } },
    { rule: { ...place, handle: 9, comment: "another's" } },
  ];
  expect(withdrawals(rules)).toEqual([["delete", "rule", "ip", "filter", "FORWARD", "handle", "8"]]);
});
