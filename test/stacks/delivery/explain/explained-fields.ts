import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Explanation } from "../../../../stacks/delivery/explain/index.ts";

/** Every field of every object of the services, explained; all services if none is named. */
export async function explainedFields(
  shop: string,
  environment: string,
  ...services: string[]
): Promise<Explanation[]> {
  const script = join(import.meta.dirname, "explained.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script, shop, environment, ...services], {
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
