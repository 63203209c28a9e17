import { expect, describe as suite, test } from "@jest/globals";
import type { Rule } from "../../../policies/rule.ts";
import { describeProblem, problemsOf } from "../../../policies/soundness/index.ts";

const deployment =
  "{ apiVersion: apps/v1, kind: Deployment, metadata: { name: order, namespace: order }, spec: {";

/** A sound rule, with some fields otherwise. */
function rule(fields: object = {}): Rule {
  return {
    id: "named",
    title: "Every workload is named after its service.",
    reason: "Nobody finds it otherwise.",
    severity: "low",
    remedy: "Rename it.",
    references: [],
    matchConstraints: [{ apiGroup: "apps", kinds: ["Deployment"] }],
    validations: [
      { expression: "object.spec.paused != true", messageExpression: "'is paused; let it go on'" },
    ],
    examples: {
      pass: [`${deployment} paused: false } }`],
      fail: [`# expect: is paused; let it go on\n${deployment} paused: true } }`],
    },
    ...fields,
  } as Rule;
}

function problems(...bad: readonly unknown[]): string[] {
  return problemsOf(bad.map((one, index) => ({ file: `policies/rule-${index}.ts`, rule: one }))).map(
    describeProblem,
  );
}

/** What is told of an expression in the place of the first validation's. */
function ofExpression(expression: string): string[] {
  const sound = rule();
  const validations = [{ ...sound.validations[0], expression }];
  return problems({ ...sound, validations });
}

function ofMessage(messageExpression: string, variables: Rule["variables"] = []): string[] {
  const sound = rule();
  return problems({ ...sound, variables, validations: [{ ...sound.validations[0], messageExpression }] });
}

test("a sound rule has no problem", () => {
  expect(problems(rule())).toEqual([]);
});

test("all objects are gathered once, in a variable that reads neither object nor neighbours", () => {
  const reading = (...variables: readonly [name: string, expression: string][]) => ({
    ...rule(),
    variables: variables.map(([name, expression]) => ({ name, expression })),
  });
  expect(problems(reading(["kinds", "objects.map(o, o.kind)"]))).toEqual([]);
  const square = [
    reading(["like", "objects.filter(o, o.kind == object.kind)"]),
    reading(["kind", "object.kind"], ["like", "objects.filter(o, o.kind == variables.kind)"]),
    reading(["like", "objects.filter(o, neighbours.exists(n, n == o))"]),
  ];
  for (const one of square)
    expect(problems(one).join()).toContain("which grows with the square; gather what is needed");
});

test("a place is told by line and column, with the line and a mark beneath", () => {
  expect(ofExpression("object.spec.paused\n  && object.kind.reverse() == ''")).toEqual([
    [
      "policies/rule-0.ts: named: validations[0].expression:2:17: reverse came with Kubernetes 1.34, and the rules are for 1.30 and later; do without",
      "      && object.kind.reverse() == ''",
      "                    ^",
    ].join("\n"),
  ]);
});

suite("an expression is refused that", () => {
  const place = "policies/rule-0.ts: named: validations[0].expression:";
  test.each([
    ["does not parse", "object.spec ==", "1:15: Unexpected token: EOF; mend it"],
    ["reads what there is not", "objekt.spec == 1", "1:1: Unknown variable: objekt; mend it"],
    ["yields another type", "1 + 1", "1:1: yields int, and must yield bool; mend it"],
    ["does not type-check", "1 + 'a' == 2", "1:1: no such overload: int + string; mend it"],
    [
      "reads a variable that is not declared",
      "variables.x == 1",
      "1:1: variables.x is not declared before this; declare it",
    ],
    [
      "reads all objects",
      "objects.size() > 0",
      "1:1: objects are all of the shop, and each is judged by each, which grows with the square; gather what is needed of them in a variable that reads neither object nor neighbours, or use neighbours, those of the namespace",
    ],
    [
      "binds",
      "cel.bind(x, 1, x > 0)",
      "1:4: bind: the API server has no cel.bind; give the value a name in variables",
    ],
    [
      "asks the time",
      "timestamp(object.at) == timestamp(object.to)",
      "1:1: timestamp: a verdict that changes with the time is another one in the cluster; leave time to exemptions",
    ],
    [
      "calls what nobody has",
      "object.kind.trimLeft() == ''",
      "1:12: trimLeft: the API server has no such function, or the kit does not evaluate it; do without",
    ],
    [
      "matches what RE2 refuses",
      "object.kind.matches('(?=x)')",
      "1:21: RE2 refuses the pattern: error parsing regexp: invalid or unsupported Perl syntax: `(?=`; mend it",
    ],
    [
      "matches what nobody can check",
      "object.kind.matches(object.kind)",
      "1:21: the pattern is no literal, so nobody can check it; write it out",
    ],
    [
      "orders what may be strings",
      "object.kind < object.name",
      "1:12: < of what need not be numbers: strings are ordered otherwise in JavaScript; compare ints, with int(…)",
    ],
    [
      "compares quantities by ==",
      "quantity(object.a) == quantity(object.b)",
      "1:19: == of quantities is an error of the API server's; use compareTo",
    ],
    [
      "reckons with doubles",
      "object.share * 1.5 > 2.0",
      "1:13: * of a double: of 1.0 JavaScript makes an int; count in ints or quantities",
    ],
    ["divides by a field", "100 / object.n == 1", "1:4: / by what is no literal above 0; divide by one"],
    ["negates a field", "-object.n == 1", "1:1: - of an expression may overflow unseen; subtract it from 0"],
    [
      "asks for null",
      "object.spec == null",
      "1:16: null: a field that is null is absent here, and not always there; ask for its type()",
    ],
    [
      "has an int of more than 64 bits",
      "object.n == 9223372036854775808",
      "1:13: 9223372036854775808 is no int of 64 bits; make it less",
    ],
    ["has a uint", "object.n == 1u", "1:13: no field of Kubernetes is uint or bytes; use int or string"],
    [
      "has() an optional field",
      "has(object.?spec.paused)",
      "1:5: has() of an optional field; write .?field.hasValue()",
    ],
    [
      "takes two variables in a macro",
      "object.spec.ports.all(i, port, port > 0)",
      "1:18: all of two variables came with Kubernetes 1.32; take one",
    ],
    [
      "reads what only a request has",
      "request.operation == 'CREATE'",
      "1:1: request is known in the cluster only; judge the object itself",
    ],
    [
      "reads more of the parameters than their data",
      "params.metadata.name == ''",
      "1:8: params.metadata is known in the cluster only; read params.data",
    ],
    [
      "reads what the API server writes",
      "object.metadata.uid == ''",
      "1:17: metadata.uid is the API server's to write; judge what the object asks for",
    ],
    ["reads the status", "object.status.x == 1", "1:8: status is no part of what is applied; judge spec"],
    [
      "asks whether there is what the API server fills in",
      "has(object.spec.replicas)",
      "1:17: replicas is never absent to the API server, which fills in 1; ask for its value",
    ],
    [
      "takes another default than the API server",
      "object.spec.?replicas.orValue(2) == 1",
      "1:14: where replicas is left out the API server fills in 1; write orValue(1)",
    ],
    [
      "asks whether there is what the API server drops",
      "object.spec.?hostNetwork.hasValue()",
      "1:14: hostNetwork that is false or empty is dropped by the API server; ask for its value, orValue(false)",
    ],
    [
      "takes null for a list",
      "object.?rules.orValue([]).size() == 0",
      "1:9: where rules is left out the API server makes it null, which is a value; ask has() and type() == list",
    ],
    [
      "compares lists of quantities",
      "[quantity('1')] == [quantity('1')]",
      "1:16: == of quantities is an error of the API server's; use compareTo",
    ],
    [
      "compares sets of two types",
      "sets.equivalent([1], [1.0])",
      "1:17: sets.equivalent of list<int> and list<double>; make them alike",
    ],
    ["reads no int", "int('0x10') == 16", '1:5: "0x10" is no int; mend it'],
    [
      "lists types",
      "type(object.kind) in [string, int]",
      "1:22: types are of a type each, and so no list; compare them one by one",
    ],
    [
      "looks among written keys",
      "object.spec.n in {'5': 1}",
      "1:14: in of a map that is written out: 5 is in {'5': 1} in JavaScript; use a list",
    ],
    [
      "asks for an address",
      "ip(object.ip) == ip('::1')",
      "1:1: ip: cel-js has none; compare text, with matches",
    ],
  ])("%s", (_, expression, message) => {
    expect(ofExpression(expression).map((line) => line.split("\n")[0])).toContain(place + message);
  });
});

test("what stands in a call that is refused is not told as well", () => {
  expect(ofExpression("object.spec.?a.optMap(a, a.size()).orValue(0) == 1")).toHaveLength(1);
});

test("a variable is of the type that it yields, as it is to the API server", () => {
  const [validation] = rule().validations;
  const variables = [{ name: "few", expression: "1" }];
  const expression = "variables.few == 1.0";
  expect(problems(rule({ variables, validations: [{ ...validation, expression }] }))[0]).toContain(
    "validations[0].expression:1:1: no such overload: int == double; mend it",
  );
});

test("a variable has a name of its own", () => {
  const variables = ["a-b", "in", "exempt", "few", "few"].map((name) => ({ name, expression: "1" }));
  const place = "policies/rule-0.ts: named: variables";
  expect(problems(rule({ variables }))).toEqual([
    `${place}[0].name: "a-b" is no name in CEL; rename it`,
    `${place}[1].name: "in" is no name in CEL; rename it`,
    `${place}[2].name: "exempt" is taken, by the kit; rename it`,
    `${place}[4].name: "few" is taken, by another variable; rename it`,
  ]);
});

test("a remedy is one line, which the API server takes for a message", () => {
  expect(problems(rule({ remedy: "Rename it,\nor not." }))).toEqual([
    "policies/rule-0.ts: named: remedy: has several lines; say it in one",
  ]);
});

suite("a message is refused that", () => {
  const place = "policies/rule-0.ts: named: validations[0].messageExpression:";
  test.each([
    [
      "shows a value",
      "object.spec.env.map(e, e.value).join(',')",
      "1:26: the message shows value, which may be secret; name the field instead",
    ],
    [
      "shows arguments",
      "object.spec.args.join(' ')",
      "1:13: the message shows args, which may be secret; name the field instead",
    ],
    [
      "shows data by its key",
      "object.data['a'] + ''",
      "1:8: the message shows data, which may be secret; name the field instead",
    ],
    ...["clientSecret", "apiKey", "privateKey", "credentials", "accessToken", "dbPassword"].map(
      (field): [string, string, string] => [
        `shows ${field}`,
        `"got " + object.spec.${field}`,
        `1:22: the message shows ${field}, which may be secret; name the field instead`,
      ],
    ),
    [
      "shows the annotation of a secret",
      `"got " + object.metadata.annotations["example.com/api-key"]`,
      "1:10: the message shows example.com/api-key, which may be secret; name the field instead",
    ],
    [
      "shows what is in a name's place among data",
      "object.data.name + ''",
      "1:8: the message shows data, which may be secret; name the field instead",
    ],
    [
      "goes over a map",
      "object.metadata.labels.map(l, l).join(',')",
      "1:23: map over a map is in no order; use all or exists",
    ],
    [
      "need not be a string",
      "object.metadata.name",
      "1:1: yields dyn, and must yield string; write string(…)",
    ],
    [
      "has two lines",
      "'is paused\\nlet it go on'",
      "1:1: a message of several lines is not shown by the API server; write one",
    ],
  ])("%s", (_, message, told) => {
    expect(ofMessage(message).map((line) => line.split("\n")[0])).toContain(place + told);
  });

  test("shows a variable that holds what may be secret", () => {
    const variables = [{ name: "values", expression: "object.spec.env.map(e, e.value)" }];
    expect(ofMessage("variables.values.join(',')", variables).map((line) => line.split("\n")[0])).toContain(
      `${place}1:11: the message shows variables.values, which holds value, which may be secret; name the field instead`,
    );
  });
});

test.each([
  ["what it only asks about", "object.spec.env.filter(e, e.value == '').map(e, e.name).join(',')"],
  ["a parameter", "params.data.value"],
  ["the name of a Secret", "'uses ' + object.spec.secretName + object.spec.secretRef.name"],
  ["the name of a volume's", "object.spec.volumes.map(v, v.secret.secretName).join(',')"],
  ["the name of a variable's", "object.spec.env.map(e, e.valueFrom.secretKeyRef.name).join(',')"],
  ["the names of those that images are pulled by", "object.spec.imagePullSecrets.map(s, s.name).join(',')"],
  [
    "the key of a label",
    "'keys ' + object.spec.tolerations.map(t, t.key).join(',') + object.spec.topologyKey",
  ],
])("a message may show %s", (_, message) => {
  expect(ofMessage(message).filter((line) => line.includes("secret"))).toEqual([]);
});

const unmatched =
  "must each be an apiGroup without its version, such as apps, and kinds, such as Deployment, else no object is ever judged; name them";

test("what is no rule is told, field by field", () => {
  const place = "policies/rule-0.ts: Named: ";
  const bad = {
    id: "Named",
    title: " ",
    reason: "r",
    remedy: "r",
    severity: "fatal",
    matchConstraints: [{ apiGroup: "apps", kinds: [] }],
    validations: [],
    examples: { pass: ["a: 1"], fail: [] },
  };
  expect(problems(bad)).toEqual([
    `${place}id: "Named" must be small letters, digits and dashes, at most 40; rename it`,
    `${place}title: is missing or empty; say it in one sentence`,
    `${place}severity: "fatal" is none; use critical, high, medium, low`,
    `${place}references: must be a list, each with a title and a url of http or https; say where the rule comes from, or write []`,
    `${place}matchConstraints: ${unmatched}`,
    `${place}validations: must be at least one, each with an expression and a messageExpression; give both`,
    `${place}examples.fail: holds no manifest, so nothing shows that the rule refuses anything; add one`,
  ]);
  expect(problems(undefined)).toEqual([
    "policies/rule-0.ts: default export: is no rule; export default { id, title, … } satisfies Rule",
  ]);
});

test.each(["kind", "own-rules", "exemption-expired", "exemptions"])("no rule is called %s", (id) => {
  expect(problems(rule({ id }))).toEqual([
    `policies/rule-0.ts: ${id}: id: "${id}" is what reports call something else; rename it`,
  ]);
});

const place = "policies/rule-0.ts: named: matchConstraints:";

test.each(["apps/v1", "*", "Apps"])("no API group is called %s", (apiGroup) => {
  expect(problems(rule({ matchConstraints: [{ apiGroup, kinds: ["Deployment"] }] }))).toEqual([
    `${place} ${unmatched}`,
  ]);
});

test("no rule reads a Secret", () => {
  const secrets = (apiGroup: string) =>
    problems(rule({ matchConstraints: [...rule().matchConstraints, { apiGroup, kinds: ["Secret"] }] }));
  expect(secrets("")).toEqual([
    `${place} names Secret, which no rule reads: messages and audit logs are no place for it; judge what uses it`,
  ]);
  expect(secrets("vault.example").join()).not.toContain("no rule reads");
});

test("a kind that is misspelt is told, for no example is of it; of those that make pods one is enough", () => {
  const among = (...kinds: string[]) =>
    problems(rule({ matchConstraints: [{ apiGroup: "apps", kinds: ["Deployment", ...kinds] }] }));
  expect(among("StatefulSet")).toEqual([]);
  expect(among("Deploymnet")).toEqual([
    `${place} apps/Deploymnet is in no example, so nothing shows that there is such a kind; add one, or correct it`,
  ]);
});

test.each([
  ["a url alone", "https://guide.example"],
  ["no title", { url: "https://guide.example" }],
  ["an empty title", { title: " ", url: "https://guide.example" }],
  ["no url", { title: "A guide" }],
  ["a url of another protocol", { title: "A guide", url: "javascript:alert(1)" }],
  ["a url that is none", { title: "A guide", url: "guide.example" }],
])("a reference that is %s is refused", (_, reference) => {
  expect(problems(rule({ references: [{ title: "A guide", url: "http://guide.example" }] }))).toEqual([]);
  expect(problems(rule({ references: [reference] }))).toEqual([
    "policies/rule-0.ts: named: references: must be a list, each with a title and a url of http or https; say where the rule comes from, or write []",
  ]);
});

test("the parameters of examples are texts, as those of an environment are", () => {
  const judgedBy = (parameters: unknown) => problems(rule({ examples: { ...rule().examples, parameters } }));
  expect(judgedBy({ most: "5" })).toEqual([]);
  for (const bad of [{ most: 5 }, ["5"], "5", null])
    expect(judgedBy(bad)).toEqual([
      "policies/rule-0.ts: named: examples.parameters: must be texts by name, as a ConfigMap holds them; put numbers in quotes",
    ]);
});

test("examples that do not hold are told, with what was expected and what came", () => {
  const place = "policies/rule-0.ts: named: examples";
  const paused = `${deployment} paused: true } }`;
  expect(
    problems(rule({ examples: { pass: [paused], fail: [`# expect: sleeps\n${paused}`, "a: [", paused] } })),
  ).toEqual([
    `${place}.pass[0]: is reported, and not expected: Deployment order: is paused; let it go on`,
    `${place}.fail[0]: expects, and nobody reports: Deployment order: sleeps`,
    `${place}.fail[0]: is reported, and not expected: Deployment order: is paused; let it go on`,
    expect.stringMatching(/examples\.fail\[1\]: is no YAML: .+; mend it$/),
    `${place}.fail[1]: says of no document what is reported; add a line \`# expect: <message>\` before it`,
    `${place}.fail[2]: is reported, and not expected: Deployment order: is paused; let it go on`,
    `${place}.fail[2]: says of no document what is reported; add a line \`# expect: <message>\` before it`,
  ]);
});

test("a validation that no failing manifest breaks is told", () => {
  const [first] = rule().validations;
  const idle = { expression: "object.kind != ''", messageExpression: "'never'" };
  expect(problems(rule({ validations: [first, idle] }))).toEqual([
    "policies/rule-0.ts: named: validations[1]: is broken by no failing manifest, so nothing shows that it works; add one to examples.fail",
  ]);
});

test("two rules with one id are told with both files", () => {
  expect(problems(rule(), rule())).toEqual([
    "policies/rule-1.ts: named: id: policies/rule-0.ts has the same id; rename one of them",
  ]);
});
