// Writes docs/reference.md from the docstrings and the tests, docs/policies.md from the rules, docs/checkers.md from what is
// justified, and the list of decisions: `npm run docs`. With --print the reference goes to stdout.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { executedBy } from "./executed.ts";

// Before anything of the kit is loaded, because services are described while they are loaded.
const executed = await executedBy(async () => {
  const [{ renderShop }, { shop }] = await Promise.all([
    import("../../stacks/delivery/index.ts"),
    import("../../stacks/shop.ts"),
  ]);
  renderShop(shop, shop.environments.dev);
});

const { reference } = await import("./reference.ts");
const { decisionsIndex } = await import("./decisions.ts");
const { policyCatalogue } = await import("./policies.ts");
const { checkersPage } = await import("./checkers.ts");
const docs = join(import.meta.dirname, "..");
if (process.argv.includes("--print")) process.stdout.write(reference(executed));
else {
  await writeFile(join(docs, "reference.md"), reference(executed));
  await writeFile(join(docs, "policies.md"), policyCatalogue());
  await writeFile(join(docs, "checkers.md"), await checkersPage());
  await writeFile(join(docs, "decisions/README.md"), decisionsIndex());
}
