// Explains every field of every object of a shop, in a process of its own: loading a shop a second time, under the eyes
// of a recorder, is done by Node's own loader, which Jest replaces.
import { Explainer } from "../../../../stacks/delivery/explain/explain.ts";
import { leaves } from "../../../../stacks/delivery/explain/path.ts";
import { traceShop } from "../../../../stacks/delivery/explain/traced-shop.ts";

const [file = "", environment = "", ...names] = process.argv.slice(2);

const traced = await traceShop(file);
for (const { name } of traced
  .shop()
  .services.filter(({ name }) => names.length === 0 || names.includes(name))) {
  const explainer = new Explainer(traced, name, environment);
  const fields = explainer.objects.flatMap((object) => leaves(object).map((path) => ({ object, path })));
  for (const explanation of explainer.explain(fields)) console.log(JSON.stringify(explanation));
}
