import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { rules } from "../../../../policies/rules/index.ts";
import { services } from "../../../../services/index.ts";
import { judgeShop, policySettings } from "../../../../stacks/delivery/policies/judgement.ts";
import { rulesOf } from "../../../../stacks/delivery/policies/shop-rules.ts";
import { renderShop } from "../../../../stacks/delivery/shop.ts";
import { environments } from "../../../../stacks/environments.ts";
import { blocksOf } from "../../../docs/markdown.ts";

const root = join(import.meta.dirname, "../../../..");
mkdirSync(join(root, ".local"), { recursive: true });
const temporary = mkdtempSync(join(root, ".local/shop-rules-"));
afterAll(() => rmSync(temporary, { recursive: true }));

/** The folder of a shop with these files in policies/. */
function shop(name: string, files: Readonly<Record<string, string>>): string {
  const folder = join(temporary, name);
  mkdirSync(join(folder, "policies"), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, type: "module" }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, "policies", file), text);
  return folder;
}

const [page] = blocksOf("docs/tasks/write-a-policy.md").filter(
  ({ mark }) => mark === "file policies/cost-centre.ts",
);
const costCentre = (page?.text ?? "").replace(
  '"pressurevalve/policies"',
  `"${join(root, "policies/index.ts")}"`,
);

test("a rule of the shop's folder is judged beside the kit's own, as the page shows it", async () => {
  const all = await rulesOf(shop("mine", { "cost-centre.ts": costCentre }));
  expect(all.map(({ id }) => id)).toEqual([...rules.map(({ id }) => id), "cost-centre"]);
  const production = environments.production;
  expect(() => judgeShop(renderShop({ services }, production), production, all)).toThrow(
    "cost-centre: Namespace production-order: the label example.com/cost-centre is missing; say who pays",
  );
});

test("levels and exemptions of an environment may name a shop's rule", async () => {
  const all = await rulesOf(shop("named", { "cost-centre.ts": costCentre }));
  const policies = { level: "mandatory", levels: { "cost-centre": "disabled" } } as const;
  const production = { ...environments.production, policies };
  expect(judgeShop(renderShop({ services }, production), production, all).findings).toEqual([]);
  expect(() => policySettings(production, rules)).toThrow("cost-centre is no rule");
});

test("a shop without the folder, and the kit's own repository, have the kit's rules", async () => {
  const folder = shop("none", {});
  rmSync(join(folder, "policies"), { recursive: true });
  expect(await rulesOf(folder)).toEqual(rules);
  expect(await rulesOf(root)).toEqual(rules);
});

test("a rule that lies in the kit's own repository as a shop's is not passed over in silence", async () => {
  const folder = shop("kit", { "index.ts": "export const a = 1;", "cost-centre.ts": costCentre });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "pressurevalve" }));
  await expect(rulesOf(folder)).rejects.toThrow(
    /^policies\/cost-centre\.ts: in the kit's own repository rules lie in policies\/rules\/.*; move it there/,
  );
});

test("what is wrong with a shop's rules is told all at once, with files", async () => {
  const folder = shop("wrong", {
    "a.ts": costCentre,
    "b.ts": "export const rule = {};\n",
    "cost-centre.ts": costCentre.replace('"cost-centre"', '"backups"'),
  });
  await expect(rulesOf(folder)).rejects.toThrow(
    [
      "policies/b.ts: default export: is no rule; export default { id, title, … } satisfies Rule",
      "policies/cost-centre.ts: backups: id: the kit has a rule of this id; rename yours",
      "policies/a.ts: cost-centre: id: the file of a rule is named after it; rename it to cost-centre.ts",
      "policies/cost-centre.ts: backups: id: the file of a rule is named after it; rename it to backups.ts",
    ].join("\n"),
  );
});

test("files that do not run are told by their names, beside what is wrong with the others", async () => {
  const broken = "throw new Error('no');\n";
  const files = { "a.ts": broken, "b.ts": "export default 1;\n", "c.ts": broken };
  await expect(rulesOf(shop("broken", files))).rejects.toThrow(
    [
      "policies/a.ts: cannot be loaded: no; mend the file",
      "policies/c.ts: cannot be loaded: no; mend the file",
      "policies/b.ts: default export: is no rule; export default { id, title, … } satisfies Rule",
    ].join("\n"),
  );
});
