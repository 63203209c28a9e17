// Writes docs/reference.md from the docstrings and the tests: `npm run docs`. With --print it goes to stdout.
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
const text = reference(executed);
if (process.argv.includes("--print")) process.stdout.write(text);
else await writeFile(join(import.meta.dirname, "../reference.md"), text);
