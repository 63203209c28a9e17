import { expect, describe as suite, test } from "@jest/globals";
import fc from "fast-check";
import { notYetKnown } from "../../../policies/cel/expression.ts";
import { describe, judgeBy, type KubernetesObject } from "../../../policies/judgement/judge.ts";
import type { Rule } from "../../../policies/rule.ts";
import { rules } from "../../../policies/rules/index.ts";

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

const failing = { name: "x", expression: "object.status.x" };
const reading = { name: "y", expression: "variables.x == 1" };

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
    ["a variable that fails", { ...rule("variables.x"), variables: [failing] }],
    ["a variable that reads one that fails", { ...rule("variables.y"), variables: [failing, reading] }],
  ])("%s, on the object", (_, odd) => {
    expect(messages(odd)).toEqual([
      expect.stringMatching(
        /^odd: Deployment order\/order: the rule cannot be evaluated: .+; correct the object/,
      ),
    ]);
  });
});

suite("as the API server does", () => {
  test("a variable that no expression reads is not evaluated, and so its error is nobody's", () => {
    const odd = { ...rule("true || variables.x"), variables: [failing] };
    expect(messages(odd)).toEqual([]);
  });

  test("an error of a variable is one of each validation that reads it, and of no other", () => {
    const odd = {
      ...rule("variables.x"),
      variables: [failing],
      validations: ["variables.x == 1", "object.kind == 'Pod'"].map((expression) => ({
        expression,
        messageExpression: `"no"`,
      })),
    };
    expect(messages(odd)).toEqual([
      expect.stringContaining("cannot be evaluated"),
      expect.stringMatching(/: no$/),
    ]);
  });

  test.each([
    ["fails", "object.spec.replicas"],
    ["reads a variable that fails", `"x is " + variables.x`],
    ["is no string", "dyn(1)"],
    ["is empty", `" "`],
    ["has two lines", `"one\\ntwo"`],
    ["is longer than 5 KiB", `"${"ä".repeat(2561)}"`],
  ])("where a message %s, the remedy is said", (_, message) => {
    const odd = { ...rule("false", message), remedy: "give it replicas", variables: [failing] };
    expect(messages(odd)).toEqual(["odd: Deployment order/order: give it replicas"]);
  });

  test("blanks around a message are dropped", () => {
    expect(messages(rule("false", `" no\\n"`))).toEqual(["odd: Deployment order/order: no"]);
  });
});

suite("what is known only after the deployment", () => {
  const unknown = (spec: unknown, more = {}) => [{ ...deployment, spec, metadata: { ...metadata, ...more } }];
  const undecided = (field: string) =>
    `odd: Deployment order/order: undecided: ${field} is known only after the deployment; give a value that is known before it`;

  test.each([
    ["a field", "object.spec.replicas > 1", { replicas: notYetKnown }, "spec.replicas"],
    ["an element", "object.spec.list.all(i, i == 1)", { list: [1, notYetKnown] }, "spec.list[1]"],
    ["what it holds", "object.spec.template.spec.x == 1", { template: notYetKnown }, "spec.template"],
    ["whether it is there", "!has(object.spec.x)", { x: notYetKnown }, "spec.x"],
    ["its default", "object.spec.?x.orValue(true)", { x: notYetKnown }, "spec.x"],
    ["a whole map", "object.spec == {'x': 1}", { x: notYetKnown }, "spec.x"],
  ])("is undecided where an expression hangs on it: %s", (_, expression, spec, field) => {
    expect(messages(rule(expression), unknown(spec) as never)).toEqual([undecided(field)]);
  });

  test.each([
    ["true || object.spec.x"],
    ["object.spec.x || true"],
    ["!(object.spec.x && false)"],
    ["[2, 1].exists(i, i == 1 || object.spec.x)"],
    ["object.metadata.name == 'order' ? true : object.spec.x"],
    ["object.spec.y == 1"],
  ])("is passed over where the result does not: %s", (expression) => {
    expect(messages(rule(expression), unknown({ x: notYetKnown, y: 1 }) as never)).toEqual([]);
  });

  test("is told through a variable, and once a rule", () => {
    const validation = { expression: "variables.pod.x == 1", messageExpression: `"no"` };
    const odd = {
      ...rule("true"),
      variables: [{ name: "pod", expression: "object.spec.template" }],
      validations: [validation, { ...validation, expression: "variables.pod.y == 1" }],
    };
    expect(messages(odd, unknown({ template: notYetKnown }) as never)).toEqual([undecided("spec.template")]);
  });

  test("is told of the neighbour that it belongs to", () => {
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata, automount: notYetKnown };
    const odd = rule("neighbours.exists(o, o.kind == 'ServiceAccount' && o.automount)");
    expect(messages(odd, [deployment, account] as never)).toEqual([
      undecided("automount of ServiceAccount order/order"),
    ]);
  });

  test.each([
    [
      "its namespace",
      { name: "payment", namespace: notYetKnown },
      "metadata.namespace of Deployment payment",
    ],
    ["all its metadata", notYetKnown, "metadata of Deployment "],
  ])("may be where an object is, and then nobody's neighbours are known: %s", (_, metadata, field) => {
    const odd = rule("has(object.spec.elsewhere) || neighbours.size() == 1");
    const elsewhere = { ...deployment, metadata, spec: { elsewhere: true } };
    expect(messages(odd, [deployment, elsewhere] as never)).toEqual([undecided(field)]);
  });

  test("is told of the object under judgement where several hold it", () => {
    const spec = { x: notYetKnown };
    const several = ["a", "b"].map((name) => ({ ...deployment, metadata: { name }, spec }));
    expect(messages(rule("object.spec.x"), several as never)).toEqual(
      ["a", "b"].map((name) => undecided("spec.x").replace("order/order", name)),
    );
  });

  test("is looked for as often among many objects as among few", () => {
    const walks = (count: number) => {
      let walked = 0;
      const ownKeys = (spec: object) => {
        walked += 1;
        return Reflect.ownKeys(spec);
      };
      const watched = { ...deployment, spec: new Proxy({}, { ownKeys }) };
      const others = Array.from({ length: count }, () => ({ ...deployment }));
      const elsewhere = { ...deployment, metadata: { name: "x", namespace: notYetKnown } };
      const found = messages(rule("neighbours.size() == 1"), [watched, ...others, elsewhere] as never);
      expect(found).toHaveLength(count + 2);
      return walked;
    };
    expect(walks(20)).toBe(walks(2));
  });

  test("may be what an object is, which is reported, not passed over", () => {
    const stranger = { apiVersion: "v1", kind: notYetKnown, metadata };
    const list = { apiVersion: "v1", kind: "List", metadata: { name: "all" }, items: notYetKnown };
    expect(judgeBy([rule("true")], [stranger, list] as never).map(({ rule }) => rule)).toEqual([
      "kind",
      "kind",
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

test("what a rule says of several objects does not hang on their order", () => {
  const named = (name: string) => ({ ...deployment, metadata: { name, namespace: "order" } });
  const names = `.map(o, o.metadata.name).join(" ")`;
  const odd = rule("false", `neighbours${names} + ", " + objects${names}`);
  const said = judgeBy([odd], ["b", "c", "a"].map(named)).map(({ message }) => message);
  expect(new Set(said)).toEqual(new Set(["a b c, a b c"]));
});

test("no expression can read a Secret", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata, stringData: { password: "hunter2" } };
  const odd = rule("objects.size() == 0", `string(objects.size()) + objects.map(o, o.kind).join(",")`);
  expect(judgeBy([odd], [secret, deployment]).map(({ message }) => message)).toEqual(["1Deployment"]);
});

test("members of a List that are no objects are reported, and the rest is judged", () => {
  const list = { apiVersion: "v1", kind: "List", metadata: { name: "" }, items: [null, 1, deployment] };
  expect(judgeBy([rule("false")], [list]).map(({ rule }) => rule)).toEqual(["kind", "kind", "odd"]);
});

test("an object that the API server names is told by the beginning of its name", () => {
  const named = (metadata: object) => judgeBy([rule("false")], [{ ...deployment, metadata } as never]);
  expect(named({ generateName: "migrate-" }).map(describe)).toEqual(["odd: Deployment migrate-…: no"]);
  expect(named({ generateName: "migrate-", name: "x" }).map(describe)).toEqual(["odd: Deployment x: no"]);
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

/** Names that every object of JavaScript has, and an object of Kubernetes may have as well. */
const inherited = [...Object.getOwnPropertyNames(Object.prototype), "prototype"].filter(
  (name) => name !== "__proto__",
);

suite.each(inherited)("a field called %s", (name) => {
  const pod = (more: object) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "order", namespace: "order", labels: more },
    spec: {
      ...more,
      containers: [
        { name: "order", image: "order:1", ...more, securityContext: { privileged: true, ...more } },
      ],
    },
  });

  test("switches no rule off", () => {
    const usual = judgeBy(rules, [pod({})]);
    expect(usual).toContainEqual(expect.objectContaining({ rule: "privileged" }));
    expect(judgeBy(rules, [pod({ [name]: "x" })])).toEqual(usual);
  });

  test("is read like any other, and is absent where it is", () => {
    const own = (expression: string): Rule => ({
      ...(rules[0] as Rule),
      id: "own",
      matchConstraints: [{ apiGroup: "", kinds: ["Pod"] }],
      variables: [],
      validations: [{ expression: `${expression} ? false : true`, messageExpression: `"is so"` }],
    });
    const isSo = (expression: string, more: object) => judgeBy([own(expression)], [pod(more)]).length === 1;
    const there = `${JSON.stringify(name)} in object.metadata.labels`;
    const all = `object.metadata.labels.all(key, object.metadata.labels[key] == "x")`;
    const same = "object.metadata.labels == object.metadata.labels && object.metadata.labels.size() == 1";
    expect([there, all, same].map((expression) => isSo(expression, { [name]: "x" }))).toEqual([
      true,
      true,
      true,
    ]);
    expect(isSo(there, {})).toBe(false);
    expect(isSo(`object.metadata.?labels[?${JSON.stringify(name)}].orValue("none") == "none"`, {})).toBe(
      true,
    );
  });
});

suite("what has no kind is reported, not passed over", () => {
  test.each<[string, unknown, string]>([
    ["an object", { metadata: { name: "order" }, spec: {} }, "a value with metadata, spec called order"],
    ["one without a name", { spec: {}, metadata: notYetKnown }, "a value with spec, metadata"],
    ["an empty one", {}, "a value"],
    ["a list", [1], "a value"],
    ["a word", "order", "a value"],
    ["nothing", null, "a value"],
    ["what is not known yet", notYetKnown, "a value"],
  ])("%s", (_, stranger, words) => {
    expect(judgeBy(rules, [stranger] as never).map(describe)).toEqual([
      `kind: ${words} has no apiVersion and kind; give it both, or take it out`,
    ]);
  });

  test("and none of its values are told: it may be a Secret", () => {
    const secret = { kind: notYetKnown, stringData: { password: "hunter2" }, data: "hunter3" };
    for (const stranger of [secret, [secret], "hunter4"])
      expect(
        judgeBy(rules, [stranger] as never)
          .map(describe)
          .join(),
      ).not.toContain("hunter");
  });
});
