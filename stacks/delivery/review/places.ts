import { relative } from "node:path";
import { placeOfInput } from "../explain/place-of-input.ts";
import { lineAt } from "../explain/sources.ts";
import { traceShop } from "../explain/traced-shop.ts";
import type { Place, Places } from "./review.ts";

/** Where the shop in a folder says what its services and its exemptions are. `file` exports the shop. */
export async function placesOf(file: string, folder: string, environment: string): Promise<Places> {
  const traced = await traceShop(file);
  const at = (path: Parameters<typeof placeOfInput>[2]): Place | undefined => {
    const place = placeOfInput(traced, environment, path);
    if (!place) return undefined;
    const { file, line } = lineAt(place);
    return { file: relative(folder, file), line };
  };
  return {
    ofService: (name) => at(["service", name, "name"]),
    ofExemption: (index) => at(["environment", "policies", "exemptions", index]),
  };
}
