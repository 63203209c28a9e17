import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { describePlace, readStream } from "../../../../stacks/delivery/yaml/stream.ts";

function read(text: string, nodes = 1000) {
  const { objects, problems } = readStream("order.yaml", text, { nodes });
  return {
    objects: objects.map(({ object, at }) => `${describePlace(at)} ${object.metadata.name}`),
    problems: problems.map(({ message, at }) => `${describePlace(at)} ${message}`),
  };
}

function object(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
}

describe("every object keeps its line", () => {
  test("in a stream as Helm writes it: comments, empty documents, Lists", () => {
    const stream = [
      "# values of production",
      "---",
      "---",
      "# Source: order/templates/config.yaml",
      object("first"),
      "--- # the next",
      "",
      "apiVersion: v1",
      "kind: List",
      "items:",
      "  - # its first",
      "    apiVersion: v1",
      "    kind: ConfigMap",
      "    metadata: { name: second }",
      "  - { apiVersion: v1, kind: ConfigMap, metadata: { name: third } }",
      "...",
      "---",
      "",
    ].join("\n");
    expect(read(stream)).toEqual({
      objects: ["order.yaml:5 first", "order.yaml:16 second", "order.yaml:19 third"],
      problems: [],
    });
  });

  test("in JSON, one object or several, by tabs or without a space between them", () => {
    const json = (name: string) => JSON.stringify({ apiVersion: "v1", kind: "X", metadata: { name } });
    const tabs = JSON.stringify(JSON.parse(json("{c}")), null, "\t");
    expect(read(`${json("a")}\n${json('"}{b')}${tabs}\n\n${json("d")}\n`)).toEqual({
      objects: ["order.yaml:1 a", 'order.yaml:2 "}{b', "order.yaml:2 {c}", "order.yaml:10 d"],
      problems: [],
    });
  });

  test("with Windows' ends of lines, and with directives", () => {
    const windows = `%YAML 1.1\n---\n${object("first")}---\n${object("second")}`.replaceAll("\n", "\r\n");
    expect(read(windows)).toEqual({
      objects: ["order.yaml:3 first", "order.yaml:8 second"],
      problems: [],
    });
  });

  test("a block of text with lines like those between documents is one document", () => {
    const text = `${object("first")}data:\n  stream: |\n    a: 1\n    ---\n    b: 2\n`;
    expect(read(text).objects).toEqual(["order.yaml:1 first"]);
  });

  test("where aliases stand for the items of a List, it is that of the List", () => {
    const text = `apiVersion: v1\nkind: List\none: &one\n  - { apiVersion: v1, kind: X, metadata: { name: a } }\nitems: *one\n`;
    expect(read(text).objects).toEqual(["order.yaml:1 a"]);
  });
});

test("an object whose name the API server makes up, and what Kustomize keeps for itself, are no mistakes", () => {
  const text =
    "apiVersion: batch/v1\nkind: Job\nmetadata: { generateName: migrate- }\n---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
  expect(read(text)).toEqual({ objects: ["order.yaml:1 undefined"], problems: [] });
});

describe("what is wrong is told with its line, and what stands around it is read", () => {
  test.each<[string, string, string]>([
    ["a malformed document", "a: [1,\nb: }\n", "cannot be read as YAML: "],
    ["a key that stands twice", "kind: X\nkind: Y\n", "cannot be read as YAML: duplicated mapping key;"],
    ["a tab", "a:\n\tb: 1\n", "cannot be read as YAML: tab characters must not be used in indentation;"],
    [
      "an alias of nothing",
      "kind: X\na: *b\n",
      "cannot be read as YAML: alias *b stands for nothing before it;",
    ],
    [
      "an alias of what it is in",
      "a: &a\n  b: *a\n",
      "cannot be read as YAML: alias *a stands for what it is in;",
    ],
    ["a tag of another language", "a: 1\nb: !!js/function x\n", "cannot be read as YAML: "],
    ["text", "\nwelcome to order\n", "this is a single word, and no Kubernetes object;"],
    ["a list", "\n- a\n", "this is a list, and no Kubernetes object;"],
    [
      "another map",
      "\nreplicas: 3\n",
      "this is no Kubernetes object: apiVersion, kind, metadata.name is missing or no text;",
    ],
    [
      "an object without a name",
      "\nkind: X\napiVersion: v1\n",
      "this is no Kubernetes object: metadata.name is",
    ],
    [
      "an object whose kind is no text",
      "\nkind: 1\napiVersion: v1\nmetadata: { name: a }\n",
      "this is no Kubernetes object: kind is",
    ],
  ])("%s", (_, wrong, words) => {
    const { objects, problems } = read(`${object("first")}---\n${wrong}---\n${object("second")}`);
    const line = 6 + wrong.split("\n").length;
    expect(objects).toEqual(["order.yaml:1 first", `order.yaml:${line} second`]);
    expect(problems).toEqual([expect.stringContaining(`order.yaml:7 ${words}`)]);
  });

  test("a template that nobody has rendered", () => {
    const { problems } = read(`${object("{{ .Release.Name }}")}data: {{ toYaml .Values }}\n`);
    expect(problems).toEqual([
      expect.stringMatching(
        /; render the chart first: helm template <chart> \| pressurevalve policy check -$/,
      ),
    ]);
  });

  test("one member of a List", () => {
    const text = `apiVersion: v1\nkind: List\nitems:\n- ${object("a").replaceAll("\n", "\n  ")}\n- text\n`;
    expect(read(text)).toEqual({
      objects: ["order.yaml:4 a"],
      problems: [expect.stringContaining("order.yaml:9 this is a single word")],
    });
  });

  test("none of it shows a value", () => {
    const { problems } = read(`${object("a")}stringData:\n  password: hunter2\n  password: "hunter3\n`);
    expect(problems).toHaveLength(1);
    expect(problems.join("\n")).not.toContain("hunter");
  });
});

describe("where kubectl ends a line and YAML 1.2 does not", () => {
  const signs = ["\u0085", "\u2028", "\u2029"];

  // Of each, `kubectl label --local --dry-run=client -o json`, 1.36, makes a field: "hostNetwork": true.
  test.each(signs)("the document is refused with its line, also in a comment: %j", (sign) => {
    const { objects, problems } = read(
      `${object("a")}---\n${object("b")}# harmless${sign}hostNetwork: true\n---\n${object("c")}`,
    );
    const code = sign.charCodeAt(0).toString(16).padStart(4, "0");
    expect(objects).toEqual(["order.yaml:1 a", "order.yaml:12 c"]);
    expect(problems).toEqual([
      `order.yaml:10 cannot be read as YAML: kubectl ends a line at the sign U+${code}, and YAML 1.2 does not: in a value it is \\u${code} in double quotes; correct the document`,
    ]);
  });

  test.each(signs)("that way to write it is read, and so is JSON, where it is a letter: %j", (sign) => {
    const code = sign.charCodeAt(0).toString(16).padStart(4, "0");
    const json = JSON.stringify({ apiVersion: "v1", kind: "X", metadata: { name: `a${sign}b` } });
    expect(read(json)).toEqual({ objects: [`order.yaml:1 a${sign}b`], problems: [] });
    expect(read(object(`"a\\u${code}b"`))).toEqual({ objects: [`order.yaml:1 a${sign}b`], problems: [] });
  });

  test.each(signs)("no document is cut, and so half of one is never read: %j", (sign) => {
    const { objects, problems } = read(`${object("a")}# a comment${sign}---\nkind: Y\n`);
    expect(objects).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});

describe("a few lines cannot stand for more than memory holds", () => {
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [name, of] of ["ba", "cb", "dc", "ed", "fe", "gf", "hg", "ih"])
    bomb.push(`${name}: &${name} [${Array(9).fill(`*${of}`).join(", ")}]`);

  test("a document whose aliases multiply is refused where they pass the bound, and what follows is read", () => {
    const start = performance.now();
    const { objects, problems } = read(`${bomb.join("\n")}\n---\n${object("next")}`, 1_000_000);
    expect(objects).toEqual(["order.yaml:11 next"]);
    expect(problems).toEqual([
      expect.stringMatching(
        /^order\.yaml:7 cannot be read as YAML: aliases stand for more than the 1000000 nodes/,
      ),
    ]);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  test("what is refused takes nothing from the others; what is read does", () => {
    const modest = `${object("modest")}a: &a { b: [1, 2, 3] }\nc: *a\n`;
    const greedy = `a: &a { b: [1, 2, 3] }\nc: [*a, *a, *a]\n`;
    const { objects, problems } = read([modest, greedy, modest, modest].join("---\n"), 12);
    expect(objects).toEqual(["order.yaml:1 modest", "order.yaml:11 modest"]);
    expect(problems).toEqual([
      expect.stringContaining("order.yaml:9 "),
      expect.stringContaining(
        "order.yaml:23 cannot be read as YAML: aliases stand for more than the 0 nodes",
      ),
    ]);
  });

  test("a document that is too long is not looked into", () => {
    const long = `${object("long")}data: ${"x".repeat(8 * 1024 * 1024)}\n`;
    expect(read(`${long}---\n${object("next")}`)).toEqual({
      objects: ["order.yaml:7 next"],
      problems: [
        expect.stringMatching(
          /^order\.yaml:1 .* may have 8388608 characters, .*; divide it by lines of ---$/,
        ),
      ],
    });
  });

  test.each(["[", "a: {", "- ", "? "])("neither can nesting: %s", (opening) => {
    expect(read(opening.repeat(100_000)).problems).toEqual([expect.stringContaining("nesting exceeded")]);
  });
});

test("whatever a file holds is an object or a problem", () => {
  const word = fc.constantFrom(
    ...'apiVersion: v1|kind: X|metadata: {name: a}|---|...|{|}|[|]|&a |*a|- |? |: |"|\'|%YAML 1.2|!!int |<<: |# |\t| |\n|\n  |\r\n|\uFEFF|{{ x }}|{"a":1}'.split(
      "|",
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => {
      const { objects, problems } = readStream("x", words.join(""), { nodes: 10_000 });
      const last = words.join("").split("\n").length;
      for (const { at } of [...objects, ...problems]) {
        expect(at.line).toBeGreaterThanOrEqual(1);
        expect(at.line).toBeLessThanOrEqual(last);
      }
    }),
    { numRuns: 2000 },
  );
});
