import { relative } from "node:path";
import { placeOfInput } from "../../explain/place-of-input.ts";
import { lineAt } from "../../explain/sources.ts";
import { traceShop } from "../../explain/traced-shop.ts";
import type { Judged, Place, Places } from "./review.ts";

const nowhere: Places = { ofService: () => undefined, ofExemption: () => undefined };

/**
 * Where the shop in a folder says what its services and its exemptions are. `file` exports the shop; it is loaded a
 * second time, which takes as long as all the rest, and so only where there is something to place.
 */
export async function placesOf(
  file: string,
  folder: string,
  { environment, verdict, judgedBy }: Judged,
): Promise<Places> {
  if (verdict.findings.length === 0 && judgedBy.exemptions.length === 0) return nowhere;
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
