import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { fieldChanges } from "../../../../stacks/delivery/diff/fields.ts";
import { canonical, type Json } from "../../../../stacks/delivery/diff/json.ts";
import { spellPath } from "../../../../stacks/delivery/diff/path.ts";
import { apply } from "./apply.ts";

/** The differences as `path: before → after`. */
function spelled(before: Json, after: Json): string[] {
  return fieldChanges(before, after).map((change) => {
    const { before: old, after: fresh } = change as { before?: Json; after?: Json };
    return `${change.kind} ${spellPath(change.path)}: ${JSON.stringify(old)} → ${JSON.stringify(fresh)}`;
  });
}

describe("lists with merge keys are matched by them", () => {
  test.each([
    ["env", "name"],
    ["containers", "name"],
    ["initContainers", "name"],
    ["volumes", "name"],
    ["volumeMounts", "mountPath"],
    ["imagePullSecrets", "name"],
  ])("%s by %s", (list, key) => {
    const before = {
      [list]: [
        { [key]: "a", value: "1" },
        { [key]: "b", value: "2" },
      ],
    };
    const after = { [list]: [{ [key]: "new" }, { [key]: "b", value: "3" }, { [key]: "a", value: "1" }] };
    expect(spelled(before, after)).toEqual([
      `changed ${list}[${key}=b].value: "2" → "3"`,
      `added ${list}[${key}=new]: undefined → {"${key}":"new"}`,
    ]);
  });

  test("ports by name where all have one, else by number and protocol", () => {
    const port = (containerPort: number, more: object = {}) => ({ containerPort, protocol: "TCP", ...more });
    expect(spelled({ ports: [port(80, { name: "http" })] }, { ports: [port(81, { name: "http" })] })).toEqual(
      ["changed ports[name=http].containerPort: 80 → 81"],
    );
    expect(spelled({ ports: [port(80)] }, { ports: [port(81), port(80)] })).toEqual([
      'added ports[containerPort=81,protocol=TCP]: undefined → {"containerPort":81,"protocol":"TCP"}',
    ]);
  });

  test("volume claim templates by the name in their metadata", () => {
    const claim = (storage: string) => ({
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage } } } }],
    });
    expect(spelled(claim("20Gi"), claim("40Gi"))).toEqual([
      'changed volumeClaimTemplates[metadata.name=data].spec.resources.requests.storage: "20Gi" → "40Gi"',
    ]);
  });

  test("items that share a key are matched by their content instead", () => {
    const before = {
      env: [
        { name: "A", value: "1" },
        { name: "A", value: "2" },
      ],
    };
    const after = {
      env: [
        { name: "A", value: "1" },
        { name: "A", value: "3" },
      ],
    };
    expect(spelled(before, after)).toEqual(['changed env[1].value: "2" → "3"']);
  });
});

test("rules of a NetworkPolicy are matched by their content, wherever they stand", () => {
  const rule = (app: string, port: number) => ({
    from: [{ podSelector: { matchLabels: { app } } }],
    ports: [{ protocol: "TCP", port }],
  });
  const before = { ingress: [rule("a", 80), rule("b", 80)] };
  const after = { ingress: [rule("b", 80), rule("c", 80), rule("a", 80)] };
  expect(spelled(before, after)).toEqual([`added ingress[2]: undefined → ${JSON.stringify(rule("c", 80))}`]);
});

test("what is inserted into a command moves nothing else", () => {
  expect(spelled({ args: ["a", "b", "c"] }, { args: ["a", "x", "b", "c"] })).toEqual([
    'added args[1]: undefined → "x"',
  ]);
});

test("a changed item of an ordered list is a change within it", () => {
  const steps = (weight: number) => ({ steps: [{ setWeight: 5 }, { setWeight: weight }, { pause: {} }] });
  expect(spelled(steps(25), steps(30))).toEqual(["changed steps[1].setWeight: 25 → 30"]);
});

test("the order of a command counts", () => {
  expect(spelled({ args: ["a", "b"] }, { args: ["b", "a"] })).not.toEqual([]);
});

describe("quantities", () => {
  test.each([
    ["1000m", "1"],
    ["1Gi", "1024Mi"],
    ["0.5", "500m"],
    ["1e3", "1k"],
    [2, "2"],
    ["100M", "100000k"],
    ["1.5Gi", "1536Mi"],
  ])("%s and %s are the same amount", (before, after) => {
    expect(spelled({ requests: { cpu: before } }, { requests: { cpu: after } })).toEqual([]);
  });

  test.each([
    ["1Gi", "1G"],
    ["100m", "100"],
    ["1", "one"],
  ])("%s and %s are not", (before, after) => {
    expect(spelled({ limits: { memory: before } }, { limits: { memory: after } })).toHaveLength(1);
  });

  test("an environment variable of that look is text", () => {
    const env = (value: string) => ({ env: [{ name: "SHARE", value }] });
    expect(spelled(env("1000m"), env("1"))).toHaveLength(1);
  });
});

test("a number and a text of the same look are different", () => {
  expect(spelled({ port: 80 }, { port: "80" })).toEqual(['changed port: 80 → "80"']);
});

test("the order of fields is no difference", () => {
  expect(spelled({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual([]);
});

test("a field called like what every object has is a field", () => {
  const named = JSON.parse('{"constructor": 1, "toString": 2, "__proto__": 3}');
  expect(
    fieldChanges({}, named)
      .map(({ path }) => spellPath(path))
      .sort(),
  ).toEqual(["__proto__", "constructor", "toString"]);
});

/** Objects that look like Kubernetes', with lists of every kind in them. */
const text = fc.constantFrom("a", "b", "c", "1", "1000m", "two\nlines\n", "");
const scalar = fc.oneof(text, fc.integer({ min: 0, max: 3 }), fc.boolean());
const field = fc.constantFrom("spec", "value", "args", "ingress", "values", "cpu", "requests");
const { value: anything } = fc.letrec<{ value: Json; object: Json }>((tie) => ({
  value: fc.oneof({ depthSize: "small" }, scalar, fc.array(tie("value"), { maxLength: 4 }), tie("object")),
  object: fc.dictionary(field, tie("value"), { maxKeys: 3 }),
}));
const item = fc.record({ name: fc.constantFrom("x", "y", "z", "w"), value: anything });
const keyedList = fc.uniqueArray(item, { selector: ({ name }) => name, maxLength: 4 });
const manifest = fc.record({
  metadata: fc.record({ labels: fc.dictionary(text, text, { maxKeys: 3 }) }),
  spec: fc.record({
    containers: keyedList,
    env: keyedList,
    ingress: fc.array(anything, { maxLength: 4 }),
    args: anything,
  }),
}) as fc.Arbitrary<Json>;

describe("whatever the two sides are", () => {
  test("a thing does not differ from itself", () => {
    fc.assert(
      fc.property(manifest, (value) => expect(fieldChanges(value, structuredClone(value))).toEqual([])),
    );
  });

  test("the changes, applied to the one, give the other", () => {
    fc.assert(
      fc.property(manifest, manifest, (before, after) => {
        const made = apply(before, fieldChanges(before, after)) as Json;
        expect(orderless(made)).toBe(orderless(after));
      }),
      { numRuns: 500 },
    );
  });

  test("where nothing differs, they are equal but for order and spelling", () => {
    fc.assert(
      fc.property(manifest, manifest, (before, after) => {
        const same = orderless(before) === orderless(after);
        expect(fieldChanges(before, after).length === 0).toBe(same);
      }),
    );
  });

  test("the order of items with merge keys is no difference", () => {
    const shuffled = keyedList.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([before, after]) => {
        expect(fieldChanges({ env: before as Json }, { env: after as Json })).toEqual([]);
      }),
    );
  });
});

/** The same text for values that mean the same: sorted where order means nothing, amounts in one spelling. */
function orderless(value: Json, field = "", parent = ""): string {
  if (Array.isArray(value)) {
    const items = value.map((one) => orderless(one));
    const isUnordered =
      ["ingress", "values"].includes(field) || (isKeyed(value) && ["containers", "env"].includes(field));
    return `[${(isUnordered ? items.sort() : items).join()}]`;
  }
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).map(
      ([key, part]) => `${JSON.stringify(key)}:${orderless(part, key, field)}`,
    );
    return `{${fields.sort().join()}}`;
  }
  const isAmount = parent === "requests" && typeof value !== "boolean";
  return isAmount && ["1", "1000m"].includes(String(value)) ? '"1 of something"' : orNumber(value, isAmount);
}

/** `2` and `"2"` are the same amount. */
function orNumber(value: Json, isAmount: boolean): string {
  return isAmount && /^\d+$/.test(String(value)) ? String(value) : canonical(value);
}

function isKeyed(value: readonly unknown[]): boolean {
  const names = value.map((one) => (one as { name?: unknown })?.name);
  return names.every((name) => typeof name === "string") && new Set(names).size === names.length;
}
