import { expect, describe as suite, test } from "@jest/globals";
import fc from "fast-check";
import { describe, type KubernetesObject, type Rule, rules } from "../../policies/index.ts";
import { judgeBy } from "../../policies/judge.ts";

const metadata = { name: "order", namespace: "order" };
const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata, spec: { template: { spec: {} } } };

function rule(expression: string, messageExpression = `"no"`): Rule {
  return {
    id: "odd",
    title: "",
    reason: "",
    severity: "low",
    remedy: "",
    references: [],
    examples: { pass: [""], fail: [""] },
    matchConstraints: [{ apiGroup: "apps", kinds: ["Deployment"] }],
    validations: [{ expression, messageExpression }],
  };
}

const messages = (odd: Rule, objects = [deployment]) => judgeBy([odd], objects).map(describe);

suite("a rule that cannot be evaluated is a violation, never a pass", () => {
  test.each([
    ["an expression that is no CEL", rule("object.spec ==")],
    ["an expression that reads an unknown variable", rule("objekt.spec == 1")],
    ["an expression that cannot yield a bool", rule("1 + 1")],
    ["a message that is no CEL", rule("true", "no remedy")],
    ["a variable that is no CEL", { ...rule("true"), variables: [{ name: "x", expression: "(" }] }],
  ])("%s, even when no object matches", (_, odd) => {
    expect(messages(odd, [])).toEqual([
      expect.stringMatching(/^odd: the rule is broken: .+; mend its expression$/),
    ]);
  });

  test.each([
    ["a field that is not there", rule("object.spec.replicas > 1")],
    ["a value of another type", rule("object.metadata.name")],
    ["a message that cannot be said", rule("false", "object.spec.replicas")],
    ["a variable that fails", { ...rule("true"), variables: [{ name: "x", expression: "object.status.x" }] }],
  ])("%s, on the object", (_, odd) => {
    expect(messages(odd)).toEqual([
      expect.stringMatching(
        /^odd: Deployment order\/order: the rule cannot be evaluated: .+; correct the object/,
      ),
    ]);
  });
});

test("integers are int, null fields are absent, and versions of a group are one", () => {
  const object = { ...deployment, apiVersion: "apps/v2", spec: { replicas: 3, paused: null, share: 0.5 } };
  const odd = rule(
    "type(object.spec.replicas) == int && object.spec.replicas * 2 == 6 && !has(object.spec.paused) && object.spec.share < 1.0",
  );
  expect(judgeBy([odd], [object])).toEqual([]);
});

test("an object of another group is not judged", () => {
  expect(judgeBy([rule("false")], [{ ...deployment, apiVersion: "example.com/v1" }])).toEqual([]);
});

test("the members of a List are judged", () => {
  const list = { apiVersion: "v1", kind: "List", metadata: { name: "" }, items: [deployment, deployment] };
  expect(judgeBy([rule("false")], [list])).toHaveLength(2);
});

test("neighbours are the objects of one namespace; whoever names none is in default", () => {
  const named = (name: string, namespace?: string) => ({
    ...deployment,
    metadata: { name, ...(namespace && { namespace }) },
  });
  const odd = rule("false", `neighbours.map(o, o.metadata.name).join(" ") + " of " + string(objects.size())`);
  const objects = [named("a", "x"), named("b"), named("c", "x"), named("d", "default")];
  const seen = judgeBy([odd], objects as KubernetesObject[]);
  expect(seen.map(({ message }) => message)).toEqual(["a c of 4", "b d of 4", "a c of 4", "b d of 4"]);
});

test("no expression can read a Secret", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "hunter2" } };
  const odd = rule("objects.size() == 0", `string(objects.size()) + objects.map(o, o.kind).join(",")`);
  expect(judgeBy([odd], [secret, deployment]).map(({ message }) => message)).toEqual(["1Deployment"]);
});

test("all violations of all objects come at once", () => {
  const names = ["order", "payment"].map((name) => ({ ...deployment, metadata: { name } }));
  expect(judgeBy(rules, names).map(({ object }) => object?.name)).toEqual(
    expect.arrayContaining(["order", "payment"]),
  );
});

test("whatever stands in an object, the judge answers", () => {
  const kinds = rules.flatMap(({ matchConstraints }) => matchConstraints);
  const anyObject = fc.record({
    apiVersion: fc.constantFrom(...kinds.map(({ apiGroup }) => (apiGroup ? `${apiGroup}/v1` : "v1"))),
    kind: fc.constantFrom(...kinds.flatMap(({ kinds }) => kinds)),
    metadata: fc.constant(metadata),
    spec: fc.anything(),
  });
  fc.assert(
    fc.property(fc.array(anyObject, { maxLength: 4 }), (objects) => {
      expect(Array.isArray(judgeBy(rules, objects))).toBe(true);
    }),
  );
});

test("what has no kind is reported, not passed over", () => {
  const stranger = { metadata: { name: "order" } } as unknown as KubernetesObject;
  expect(judgeBy(rules, [stranger]).map(describe)).toEqual([
    'kind: {"metadata":{"name":"order"}} has no apiVersion and kind; give it both, or take it out',
  ]);
});
