import { expect } from "@jest/globals";
import type { Checkout } from "./checkout.ts";

type Undo = () => Promise<void>;

/** What docs/tasks/add-a-service.md tells: copy notification, change its name and words, and list it. */
export async function addService(checkout: Checkout, name: string): Promise<Undo> {
  const undoCopy = await checkout.copy("services/notification.ts", `services/${name}.ts`, (notification) => {
    const copy = notification
      .replaceAll("notification", name)
      .replace("customer-care", "logistics")
      .replace(/^\/\*\*.*\*\/$/m, `/** Sends each ${name}. */`)
      .replace(/^ {2}configuration: .*\n/m, "");
    const changed = notification.split("\n").filter((line) => !copy.split("\n").includes(line));
    expect(changed.length).toBeLessThanOrEqual(8);
    return copy;
  });
  const undoListing = await checkout.edit("services/index.ts", (text) =>
    text
      .replace("import { rental }", `import { ${name} } from "./${name}.ts";\nimport { rental }`)
      .replace(/\];\n$/, `, ${name}];\n`),
  );
  return async () => {
    await undoListing();
    await undoCopy();
  };
}

/** Has order call a service that was added, by these lines. */
export function callByOrder(checkout: Checkout, name: string, lines: readonly string[]): Promise<Undo> {
  return checkout.edit("services/order.ts", (text) =>
    text
      .replace("import { payment }", `import { ${name} } from "./${name}.ts";\nimport { payment }`)
      .replace(/^ {4}call\(notification.*\n/m, (line) =>
        [line, ...lines.map((one) => `    ${one},\n`)].join(""),
      ),
  );
}
