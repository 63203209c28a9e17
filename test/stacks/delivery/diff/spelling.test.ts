import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Manifest } from "../../../../constructs/index.ts";
import {
  asDocument,
  asMarkdown,
  asText,
  differences,
  type ServiceObjects,
} from "../../../../stacks/delivery/diff/index.ts";

const update = process.env.UPDATE_GOLDEN === "1";
const title = "production against main";
const plain = { title, verbose: false, colour: false };

interface Version {
  readonly digest: string;
  readonly migration: string;
  readonly labels: Record<string, string>;
  readonly cpu: string;
  readonly word: string;
}

const old: Version = { digest: "31af", migration: "4175615697", labels: {}, cpu: "250m", word: "two" };
const fresh: Version = {
  digest: "77ec",
  migration: "99aabbccdd",
  labels: { team: "shop" },
  cpu: "1",
  word: "zwei",
};

function manifest(
  apiVersion: string,
  kind: string,
  name: string,
  { labels }: Version,
  body: object,
): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: "production-order", labels }, ...body };
}

function order(version: Version): ServiceObjects {
  const { digest, migration, cpu, word } = version;
  const image = `images.example/order@sha256:${digest.repeat(16)}`;
  const template = (name: string, container: object = {}) => ({
    template: { spec: { containers: [{ name, image, ...container }] } },
  });
  const script = ["#!/bin/sh", "set -eu", "echo one", `echo ${word}`, "echo three", "```", ""].join("\n");
  return {
    name: "order",
    manifests: [
      manifest("batch/v1", "Job", `order-migration-${migration}`, version, { spec: template("migration") }),
      manifest("argoproj.io/v1alpha1", "Rollout", "order", version, {
        spec: {
          ...template("order", {
            env: [
              { name: "PORT", value: "3000" },
              ...(version === fresh ? [{ name: "LOG", value: "1" }] : []),
            ],
            resources: { requests: { cpu, memory: version === fresh ? "1024Mi" : "1Gi" } },
          }),
        },
      }),
      manifest("v1", "ConfigMap", "scripts", version, { data: { "run.sh": script } }),
      manifest("v1", "Service", "order", version, { spec: { type: "ClusterIP" } }),
      ...(version === old ? [manifest("policy/v1", "PodDisruptionBudget", "order", version, {})] : []),
    ],
    secrets: [
      {
        name: "order-database",
        namespace: "production-order",
        type: "servicebinding.io/postgresql",
        keys: ["password", ...(version === fresh ? ["certificates"] : [])],
      },
    ],
  };
}

function service(name: string, version: Version, ...kinds: string[]): ServiceObjects {
  return { name, manifests: kinds.map((kind) => manifest("v1", kind, name, version, { spec: {} })) };
}

const found = differences(
  [order(old), service("payment", old, "Namespace", "Service"), service("rental", old, "Service")],
  [order(fresh), service("rental", fresh, "Service"), service("gift", fresh, "Namespace")],
);

test.each([
  ["text.txt", () => asText(found, plain)],
  ["verbose.txt", () => asText(found, { ...plain, verbose: true })],
  ["markdown.md", () => asMarkdown(found, plain)],
  ["document.json", () => `${JSON.stringify(asDocument(found), null, 2)}\n`],
])("the differences are spelled as %s says", (name, spell) => {
  const file = join(import.meta.dirname, "golden", name);
  if (update) writeFileSync(file, spell());
  expect(spell()).toBe(readFileSync(file, "utf8"));
});

test("nothing is one sentence", () => {
  expect(asText([], plain)).toBe("production against main: no differences\n");
  expect(asMarkdown([], plain)).toBe("### production against main\n\nNo differences.\n");
});

test("colours are the caller's choice, and add nothing but themselves", () => {
  const coloured = asText(found, { ...plain, colour: true });
  expect(coloured).toContain("\u001b[32m");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what colours are made of.
  expect(coloured.replace(/\u001b\[\d+m/g, "")).toBe(asText(found, plain));
});

describe("Markdown", () => {
  const comment = asMarkdown(found, plain);

  test("fences a script that has a fence in it", () => {
    const [fence] = comment.match(/^`{4,}diff$/m) ?? [];
    expect(fence).toBe("````diff");
    expect(comment.match(/^````$/gm)).toHaveLength(1);
  });

  test("shows what a name holds, and never as HTML or as another cell", () => {
    const odd = differences([], [service("<img>|x", old, "Service")]);
    expect(asMarkdown(odd, plain)).toContain("| &lt;img>\\|x |");
    expect(asMarkdown(odd, plain)).toContain("<b>&lt;img>|x</b>");
  });

  test("has no HTML of others in its first sentences either", () => {
    const stopped = differences(
      [{ name: "<img>", manifests: [manifest("apps/v1", "Deployment", "img", old, { spec: {} })] }],
      [],
    );
    const [heading, , verdict] = asMarkdown(stopped, { ...plain, title: "<b>" }).split("\n");
    expect([heading, verdict]).toEqual([
      "### &lt;b>",
      expect.stringMatching(/pods are touched in &lt;img>\.$/),
    ]);
  });

  test("fits into a comment, in whole rows and sections, whatever differs", () => {
    // Of some services much, and of some their pods stop, which stands in the table and in the first sentence, too.
    const name = fc.string({ unit: fc.constantFrom(..."abc-<&|`"), minLength: 1, maxLength: 250 });
    const kind = fc.constantFrom("Deployment", "ConfigMap");
    const part = fc.record({
      name,
      kind,
      services: fc.integer({ min: 1, max: 400 }),
      objects: fc.constantFrom(1, 3, 1000),
    });
    const shop = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) =>
      parts.flatMap((one, at) =>
        Array.from({ length: one.objects === 1000 ? 2 : one.services }, (_, index) => ({
          name: `${one.name}-${at}-${index}`,
          manifests: Array.from({ length: one.objects }, (_, object) =>
            manifest("apps/v1", one.kind, `${one.name}-${at}-${index}-${object}`, old, { spec: {} }),
          ),
        })),
      ),
    );
    fc.assert(
      fc.property(shop, fc.boolean(), fc.boolean(), (services, comes, verbose) => {
        const found = comes ? differences([], services) : differences(services, []);
        const comment = asMarkdown(found, { title, verbose });
        expect(comment.length).toBeLessThanOrEqual(65_536);
        const whole = /^<details><summary>.*<\/summary>\n\n(`{3,})diff\n(?:.*\n)*?\1\n\n<\/details>\n$/gm;
        const [, ...sections] = comment.split(/^(?=<details>)/m);
        expect(sections.filter((section) => !section.match(whole))).toEqual([]);
        const rows = comment.match(/^\| (?!service \|).* \|$/gm) ?? [];
        const [noRow] = /^\d+(?= more services do not fit)/m.exec(comment) ?? [0];
        const [noSection] = /^\d+(?= more do not fit)/m.exec(comment) ?? [0];
        expect(rows.length + Number(noRow)).toBe(found.length);
        expect(sections.length + Number(noSection)).toBeGreaterThanOrEqual(found.length);
      }),
      { numRuns: 15 },
    );
  });

  test("fits into a comment, in whole sections", () => {
    const many = Array.from({ length: 400 }, (_, index) =>
      service(`service-${index}`, old, ...Array.from({ length: 5 }, (_, kind) => `Kind${kind}`)),
    );
    const long = asMarkdown(differences([], many), plain);
    expect(long.length).toBeLessThan(65_536);
    expect(long).toMatch(/\n\d+ more do not fit into a comment; run the command\.\n$/);
    expect(long.match(/<details>/g)?.length).toBe(long.match(/<\/details>/g)?.length);
  });
});
