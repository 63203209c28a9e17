import type { KubernetesObject } from "../../policies/judgement/judge.ts";
import type { Rule } from "../../policies/rule.ts";

/** What an expression is to an object, as the API server says. */
export type Outcome = "holds" | "is broken" | "cannot be evaluated";

/** Where the API server and JavaScript would differ if nobody saw to it. */
export interface Difference {
  readonly what: string;
  readonly expression: string;
  readonly object: KubernetesObject;
  readonly outcome: Outcome;
  /** The expression as a rule, about this object alone. */
  readonly rule: Rule;
}

type Row = readonly [expression: string, fields: object, outcome: Outcome];

const container = { name: "order", image: "order" };
const labels = { app: "order" };

/** Of a kind without a schema, so that the fields come to a policy as they are written. */
function free(fields: object) {
  return { apiVersion: "keda.sh/v1alpha1", kind: "ScaledJob", spec: fields };
}

function pod(fields: object, of: object = {}) {
  return { apiVersion: "v1", kind: "Pod", spec: { ...fields, containers: [{ ...container, ...of }] } };
}

function deployment(fields: object, of: object = {}, metadata: object = { labels }) {
  const template = { metadata, spec: { containers: [{ ...container, ...of }] } };
  const spec = { selector: { matchLabels: labels }, template, ...fields };
  return { apiVersion: "apps/v1", kind: "Deployment", spec };
}

const integersAndDoubles: readonly Row[] = [
  ["object.spec.share == 1", free({ share: 1.0 }), "holds"],
  ["object.spec.share == 1.0", free({ share: 1 }), "holds"],
  ["object.spec.share == 1", free({ share: 1.5 }), "is broken"],
  ["object.spec.share in [1, 2]", free({ share: 2 }), "holds"],
  ["object.spec.share in [1.0, 2.5]", free({ share: 1 }), "holds"],
  ["object.spec.share in [1, 2]", free({ share: 1.5 }), "is broken"],
  ["object.spec.share > 1", free({ share: 1.5 }), "holds"],
  ["object.spec.share > 1.5", free({ share: 1 }), "is broken"],
  ["type(object.spec.share) == int", free({ share: 1.0 }), "holds"],
  ["type(object.spec.share) == double", free({ share: 1.5 }), "holds"],
  ["int(object.spec.share) == -1", free({ share: -1.9 }), "holds"],
  ["string(object.spec.share) == '1'", free({ share: 1.0 }), "holds"],
  ["string(object.spec.share) == '1e-05'", free({ share: 0.00001 }), "holds"],
  ["object.spec.share + 1 == 2", free({ share: 1.5 }), "cannot be evaluated"],
  ["object.spec.share == '1'", free({ share: 1 }), "is broken"],
  ["-7 / 2 == object.spec.share", free({ share: -3 }), "holds"],
  ["object.spec.share + 9223372036854775807 > 0", free({ share: 1 }), "cannot be evaluated"],
];

const absence: readonly Row[] = [
  ["!object.spec.?hostNetwork.orValue(false)", pod({ hostNetwork: false }), "holds"],
  ["object.spec == object.spec", pod({ hostNetwork: false }), "holds"],
  [
    "object.spec.?volumes.orValue([]).size() == 0",
    // Else the API server adds one for the token.
    pod({ automountServiceAccountToken: false, volumes: [] }),
    "holds",
  ],
  ["object.spec.?nodeName.orValue('') == ''", pod({ nodeName: "" }), "holds"],
  ["object.spec.?terminationGracePeriodSeconds.orValue(30) == 30", pod({}), "holds"],
  [
    "object.spec.?terminationGracePeriodSeconds.orValue(30) == 30",
    pod({ terminationGracePeriodSeconds: null }),
    "holds",
  ],
  ["object.spec.?replicas.orValue(1) == 1", deployment({}), "holds"],
  ["object.spec.?replicas.orValue(1) == 1", deployment({ replicas: null }), "holds"],
  ["object.spec.?replicas.orValue(1) == 1", deployment({ replicas: 0 }), "is broken"],
  ["object.spec.replicas == 1", deployment({ replicas: 1 }), "holds"],
  ["!object.spec.?paused.orValue(false)", deployment({ paused: false }), "holds"],
  [
    "object.spec.template.metadata.labels.?team.orValue('x') == ''",
    deployment({}, {}, { labels: { ...labels, team: null } }),
    "holds",
  ],
  [
    "quantity(object.spec.template.spec.containers[0].resources.requests.memory).compareTo(quantity('0')) == 0",
    deployment({}, { resources: { requests: { memory: null } } }),
    "holds",
  ],
  ["object.spec.containers[0].args == ['']", pod({}, { args: [null] }), "holds"],
  [
    "object.spec.containers[0].?securityContext.?privileged.orValue(true)",
    pod({}, { securityContext: { privileged: false } }),
    "is broken",
  ],
  ["object.spec.containers[0].?livenessProbe.?periodSeconds.orValue(10) == 10", pod({}), "holds"],
];

const cpu = "quantity(string(object.spec.containers[0].resources.requests.cpu))";
const memory = "quantity(object.spec.amount)";

function asks(amount: unknown) {
  return pod({}, { resources: { requests: { cpu: amount } } });
}

const quantities: readonly Row[] = [
  [`${cpu}.compareTo(quantity('100m')) == 0`, asks("0.1"), "holds"],
  [`${cpu}.compareTo(quantity('100m')) == 0`, asks(0.1), "holds"],
  [`${cpu}.compareTo(quantity('1')) == 0`, asks(1), "holds"],
  [`${cpu}.isLessThan(quantity('1'))`, asks("999m"), "holds"],
  [`${memory}.compareTo(quantity('512Mi')) == 0`, free({ amount: "0.5Gi" }), "holds"],
  [`${memory}.compareTo(quantity('1k')) == 0`, free({ amount: "1e3" }), "holds"],
  [`${memory}.isLessThan(quantity('1Gi'))`, free({ amount: "1G" }), "holds"],
  [`${memory}.isGreaterThan(quantity('9223372036854775806'))`, free({ amount: "8Ei" }), "holds"],
  [`${memory}.add(quantity('0.2')).compareTo(quantity('300m')) == 0`, free({ amount: "0.1" }), "holds"],
  [`${memory}.isLessThan(quantity('1'))`, free({ amount: "1mi" }), "cannot be evaluated"],
  ["isQuantity(object.spec.amount)", free({ amount: "1K" }), "is broken"],
];

const regularExpressions: readonly Row[] = [
  [String.raw`object.spec.text.matches('^\\s$')`, free({ text: " " }), "holds"],
  [String.raw`object.spec.text.matches('^\\s$')`, free({ text: "\u00a0" }), "is broken"],
  [String.raw`object.spec.text.matches('^\\s$')`, free({ text: "\v" }), "is broken"],
  ["object.spec.text.matches('^a.b$')", free({ text: "a\u{1f600}b" }), "holds"],
  ["object.spec.text.matches('^a.b$')", free({ text: "a\rb" }), "holds"],
  ["object.spec.text.matches('^a.b$')", free({ text: "a\nb" }), "is broken"],
  ["object.spec.text.matches('^a$')", free({ text: "a\n" }), "is broken"],
  ["object.spec.text.matches('(?i)^straße$')", free({ text: "STRAßE" }), "holds"],
  ["object.spec.text.matches('(?i)^k$')", free({ text: "\u212a" }), "holds"],
  [String.raw`object.spec.text.matches('^\\pL+$')`, free({ text: "\u00e4\u03b1" }), "holds"],
  [String.raw`object.spec.text.matches('^\\w$')`, free({ text: "\u00e4" }), "is broken"],
  [String.raw`object.spec.text.matches('\\Qa.b\\E')`, free({ text: "axb" }), "is broken"],
  ["object.spec.text.matches('(a+)+$')", free({ text: `${"a".repeat(40)}b` }), "is broken"],
  ["object.spec.text.find('a*') == ''", free({ text: "baa" }), "holds"],
  ["object.spec.text.findAll('a*') == ['', 'aa', '']", free({ text: "baac" }), "holds"],
];

const optionals: readonly Row[] = [
  ["object.spec.?a.?b.orValue('x') == 'x'", free({ c: 1 }), "holds"],
  ["object.spec.?a.b.orValue('x') == 'x'", free({ c: 1 }), "holds"],
  ["object.spec.?a.?b.orValue('x') == 'y'", free({ a: { b: "y" } }), "holds"],
  ["object.spec.?a.b.orValue('x') == 'x'", free({ a: {} }), "holds"],
  ["object.spec.?a.hasValue()", free({ a: false }), "holds"],
  ["object.spec.?a.hasValue()", free({ a: "" }), "holds"],
  ["object.spec.?a.hasValue()", free({ b: 1 }), "is broken"],
  ["object.spec.list[?1].hasValue()", free({ list: [1] }), "is broken"],
  ["object.spec.list[?0].orValue(2) == 1", free({ list: [1] }), "holds"],
  ["object.spec[?'a/b'].orValue(0) == 1", free({ "a/b": 1 }), "holds"],
  ["object.spec.?a.or(object.spec.?b).orValue(0) == 2", free({ b: 2 }), "holds"],
  ["object.spec.?a.value() == 1", free({ b: 2 }), "cannot be evaluated"],
  ["object.spec.?a.orValue('x') == 1", free({ a: 1 }), "holds"],
  ["object.spec.a == 1 || object.spec.b == 2", free({ b: 2 }), "holds"],
  ["object.spec.a == 1 && object.spec.b == 1", free({ b: 2 }), "is broken"],
  ["object.spec.list.exists(item, item.a == 1)", free({ list: [{ b: 1 }, { a: 1 }] }), "holds"],
  ["object.spec.list.all(item, item.a == 1)", free({ list: [{ b: 1 }, { a: 1 }] }), "cannot be evaluated"],
  ["object.spec.list.all(item, item.a == 1)", free({ list: [{ b: 1 }, { a: 2 }] }), "is broken"],
];

const groups: readonly (readonly [what: string, rows: readonly Row[]])[] = [
  ["integers against doubles", integersAndDoubles],
  ["absent against false, empty and null", absence],
  ["quantities", quantities],
  ["RE2 against JavaScript's regular expressions", regularExpressions],
  ["optional types", optionals],
];

export const differences: readonly Difference[] = groups
  .flatMap(([what, rows]) => rows.map((row) => ({ what, row })))
  .map(({ what, row: [expression, fields, outcome] }, index) => {
    const id = `difference-${index}`;
    const object = { ...fields, metadata: { name: id, namespace: "order" } } as unknown as KubernetesObject;
    return { what, expression, object, outcome, rule: ruleOf(id, expression, object) };
  });

function ruleOf(id: string, expression: string, object: KubernetesObject): Rule {
  const [apiGroup = ""] = object.apiVersion.includes("/") ? object.apiVersion.split("/") : [];
  const manifest = JSON.stringify(object);
  return {
    id,
    title: "Both engines say the same.",
    reason: "A verdict that changes on its way to the cluster is none.",
    severity: "low",
    remedy: "None.",
    references: [],
    matchConstraints: [{ apiGroup, kinds: [object.kind] }],
    validations: [
      {
        expression: `object.metadata.name != '${id}' || (${expression})`,
        messageExpression: "'is broken'",
      },
    ],
    examples: { pass: [manifest], fail: [manifest] },
  };
}
