import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { succeeded } from "./checkout.ts";
import { ask } from "./load.ts";
import type { Scene } from "./scene.ts";

export function newService(scene: () => Scene): void {
  test("runs with the next start, and serves order, which calls it", async () => {
    const { checkout, cluster } = scene();
    await addShipping(checkout.folder);
    const { stdout } = succeeded(await checkout.run("npm", "start"));
    expect(stdout).toMatch(/^shipping +[0-9a-f]+ +(\d+)\/\1 +healthy/m);
    const order = await ask(`${await cluster.gateway()}/orders`, { parcel: 1 });
    expect(JSON.parse(order)).toMatchObject({ calls: { shipping: { service: "shipping" } } });
    await removeShipping(checkout.folder);
  });

  test("leaves nothing when it is taken out again", async () => {
    const { checkout, cluster } = scene();
    succeeded(await checkout.run("npm", "start"));
    expect(await cluster.kubectl("get", "namespaces", "-o", "name")).not.toContain("dev-shipping");
  });
}

const kept: Record<string, string> = {};

/** What the README tells: copy notification, change its name and words, and list it. */
async function addShipping(folder: string): Promise<void> {
  const notification = await readFile(join(folder, "services/notification.ts"), "utf8");
  const shipping = notification
    .replaceAll("notification", "shipping")
    .replace("customer-care", "logistics")
    .replace(/^\/\*\*.*\*\/$/m, "/** Sends parcels. */")
    .replace(/^ {2}configuration: .*\n/m, "");
  const changed = notification.split("\n").filter((line) => !shipping.split("\n").includes(line));
  expect(changed.length).toBeLessThanOrEqual(8);
  await writeFile(join(folder, "services/shipping.ts"), shipping);
  await change(join(folder, "services/index.ts"), (text) =>
    text
      .replace("import { rental }", 'import { shipping } from "./shipping.ts";\nimport { rental }')
      .replace("rental]", "rental, shipping]"),
  );
  await change(join(folder, "services/order.ts"), (text) =>
    text
      .replace("import { payment }", 'import { shipping } from "./shipping.ts";\nimport { payment }')
      .replace(/^ {4}call\(notification.*\n/m, (line) => `${line}    call(shipping.api),\n`),
  );
}

async function change(path: string, replace: (text: string) => string): Promise<void> {
  const text = await readFile(path, "utf8");
  kept[path] = text;
  await writeFile(path, replace(text));
}

async function removeShipping(folder: string): Promise<void> {
  for (const [path, text] of Object.entries(kept)) await writeFile(path, text);
  await rm(join(folder, "services/shipping.ts"));
}
