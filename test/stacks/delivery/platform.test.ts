import { expect, test } from "@jest/globals";
import type { Environment, Manifest, Policies } from "../../../constructs/index.ts";
import { isAdmissible } from "../../../policies/admission.ts";
import { typeChecked } from "../../../policies/cel/engine.ts";
import { identifiersIn } from "../../../policies/cel/syntax.ts";
import type { Rule } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";
import { expectNoneExpired, renderPlatform } from "../../../stacks/delivery/platform.ts";
import { environments } from "../../../stacks/environments.ts";

const { dev, production } = environments;

interface Policy extends Manifest {
  spec: {
    variables: { name: string; expression: string }[];
    validations: { expression: string; messageExpression: string }[];
  };
}

interface Binding extends Manifest {
  spec: { policyName: string; validationActions: string[]; matchResources: object };
}

function policiesOf(environment: Environment, by?: readonly Rule[]): Policy[] {
  const rendered = renderPlatform(environment, by);
  return rendered.filter(({ kind }) => kind === "ValidatingAdmissionPolicy") as Policy[];
}

function bindingsOf(environment: Environment): Binding[] {
  const rendered = renderPlatform(environment);
  return rendered.filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding") as Binding[];
}

function variable(environment: Environment, policy: string, name: string): string | undefined {
  const found = policiesOf(environment).find(({ metadata }) => metadata.name === policy);
  return found?.spec.variables.find((one) => one.name === name)?.expression;
}

function judgedBy(policies: Policies): Environment {
  return { ...production, policies };
}

test("every rule that the API server can judge by, and that is not disabled, is a policy and its binding", () => {
  const names = policiesOf(dev).map(({ metadata }) => metadata.name);
  const admitted = rules.filter(isAdmissible).map(({ id }) => id);
  expect(names).toEqual(
    admitted
      .filter((id) => !["image-digests", "no-wildcard-hosts", "backups"].includes(id))
      .map((id) => `pressurevalve-dev.${id}`),
  );
  expect(names.length).toBeGreaterThan(50);
  expect(bindingsOf(dev).map(({ spec }) => spec.policyName)).toEqual(names);
});

test("a level says what follows: dev is warned, production is refused", () => {
  const actions = (environment: Environment) =>
    new Set(bindingsOf(environment).map(({ spec }) => spec.validationActions.join()));
  expect(actions(dev)).toEqual(new Set(["Warn,Audit"]));
  expect(actions(production)).toEqual(new Set(["Deny,Audit"]));
  const { policies: _, ...unsaid } = production;
  expect(actions(unsaid)).toEqual(new Set(["Deny,Audit"]));
});

test("one rule may have another level than the rest", () => {
  const found = bindingsOf(judgedBy({ level: "mandatory", levels: { backups: "advisory" } }));
  const levels = Map.groupBy(found, ({ spec }) => spec.validationActions.join());
  expect(levels.get("Warn,Audit")?.map(({ spec }) => spec.policyName)).toEqual([
    "pressurevalve-production.backups",
  ]);
});

test("two environments share nothing, however alike their names and those of rules are", () => {
  const [rule] = rules.filter(isAdmissible) as [Rule];
  const names = ["dev", "dev-own"].flatMap((name) =>
    renderPlatform({ ...dev, name }, [{ ...rule, id: "own-limit" }, { ...rule, id: "limit" }, ...rules]).map(
      ({ kind, metadata }) => `${kind}/${metadata.name}`,
    ),
  );
  expect(new Set(names).size).toBe(names.length);
});

test("the namespaces of the environment are judged, and no others", () => {
  for (const { spec } of bindingsOf(production))
    expect(spec.matchResources).toMatchObject({
      namespaceSelector: { matchLabels: { "pressurevalve.dev/environment": "production" } },
    });
});

test("a policy holds the environment's parameters, and reads no others", () => {
  const environment = judgedBy({ level: "mandatory", parameters: { registries: ["a/", "b/"] } });
  expect(variable(environment, "pressurevalve-production.allowed-registries", "params")).toBe(
    'dyn({"data":{"registries":"a/,b/"}})',
  );
  for (const { spec } of policiesOf(environment))
    for (const expression of expressionsOf(spec)) expect(identifiers(expression)).not.toContain("params");
});

test("what is called params without being it stays: a field, a text", () => {
  const [first] = rules.filter(isAdmissible) as [Rule];
  const expression = `object.?params.orValue("params") != params.?data.?x.orValue("params")`;
  const rule = { ...first, variables: [], validations: [{ expression, messageExpression: `"params"` }] };
  const [policy] = policiesOf(dev, [...rules, { ...rule, id: "own" }]).slice(-1);
  expect(policy?.spec.validations[0]).toMatchObject({
    expression: `variables.exempt || (object.?params.orValue("params") != variables.params.?data.?x.orValue("params"))`,
    messageExpression: `"params"`,
  });
});

const exemption = {
  rule: "bounded-replicas",
  object: { kind: "Deployment", namespace: "production-order", name: "order" },
  owner: "checkout",
  reason: "a test",
};

test("an exemption stands in the policy of its rule until its day has gone by", () => {
  const until = (expires: string) =>
    judgedBy({ level: "mandatory", exemptions: [{ ...exemption, expires }] });
  const exempted = (environment: Environment, rule: string) =>
    variable(environment, `pressurevalve-production.${rule}`, "exempted");
  const future = until("2999-01-01");
  expect(exempted(future, "bounded-replicas")).toBe('["Deployment/production-order/order"]');
  expect(exempted(future, "privileged")).toBe("[]");
  expect(() => expectNoneExpired(future)).not.toThrow();
  const past = until("2026-01-01");
  expect(exempted(past, "bounded-replicas")).toBe("[]");
  expect(() => expectNoneExpired(past)).toThrow(
    "bounded-replicas: the exemption of Deployment production-order/order expired on 2026-01-01; checkout mends the object, or gives a later day and a reason",
  );
});

test("an environment that is wrong has no platform", () => {
  expect(() => renderPlatform({ ...dev, name: "dev-platform" })).toThrow(
    "environment dev-platform: name is dev-platform, but must not end in -platform, as the stack of an environment's platform does; choose another name",
  );
  expect(() => renderPlatform(judgedBy({ level: "mandatory", levels: { privilegd: "advisory" } }))).toThrow(
    "privilegd is no rule",
  );
});

/** Those of the rule itself. */
function expressionsOf({ variables, validations }: Policy["spec"]): string[] {
  const own = variables.slice(variables.findIndex(({ name }) => name === "params") + 1);
  return [
    ...own.map(({ expression }) => expression),
    ...validations.flatMap(({ expression, messageExpression }) => [expression, messageExpression]),
  ];
}

function identifiers(expression: string): string[] {
  return [...identifiersIn(typeChecked(expression, "dyn").ast)];
}
