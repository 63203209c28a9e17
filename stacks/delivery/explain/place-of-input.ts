import type { Path } from "./path.ts";
import type { Place, Recorder } from "./recorder.ts";
import { argumentPlace } from "./sources.ts";
import type { TracedShop } from "./traced-shop.ts";

/** Where a person wrote an input; of what has no place of its own, where that stands in which it is. */
export function placeOfInput(
  { recorder, shop }: TracedShop,
  environment: string,
  path: Path,
): Place | undefined {
  const { services, environments } = shop();
  if (path[0] === "environment")
    return placeWithin(recorder, environments[environment] as object, path.slice(1));
  const [, name, part, ...rest] = path;
  const description = services.find((service) => service.name === name)?.description;
  const site = description && recorder.siteOf(description);
  if (!site) return undefined;
  // A name is what the function that describes a service is given beside the description.
  if (part === "name") return argumentPlace(site, String(name)) ?? site;
  return placeWithin(recorder, description, rest) ?? site;
}

function placeWithin(recorder: Recorder, root: object, path: Path): Place | undefined {
  let [value, found]: [unknown, Place | undefined] = [root, recorder.siteOf(root)];
  for (const step of path) {
    const container = typeof value === "function" ? value() : value;
    if (typeof container !== "object" || container === null) break;
    found = recorder.placesOf(container, step)[0] ?? found;
    value = (container as Record<string | number, unknown>)[step];
  }
  return found;
}
