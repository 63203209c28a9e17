import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { deployedShop } from "../proofs.ts";
import { succeeded } from "./checkout.ts";
import { ask } from "./load.ts";
import type { Scene } from "./scene.ts";

export function start(scene: () => Scene): void {
  let printed = "";

  test("brings dev up and ends with the services and the answer of an order", async () => {
    const { stdout } = succeeded(await scene().checkout.run("npm", "start"));
    printed = stdout;
    for (const { name, description } of deployedShop.services) {
      const url = "public" in description.api ? "http://[0-9.]+" : "-";
      expect(printed).toMatch(new RegExp(`^${name} +[0-9a-f]+ +(\\d+)/\\1 +healthy +${url}$`, "m"));
    }
  });

  test("the URL that it prints is answered, and no other service's address is", async () => {
    const [, url] = /^order .* (http:\/\/\S+)$/m.exec(printed) ?? [];
    expect(JSON.parse(await ask(`${url}/orders`))).toBeInstanceOf(Array);
    const inventory = await scene().cluster.url("dev-inventory", "inventory");
    await expect(ask(`${inventory}/inventories`)).rejects.toThrow(/ECONNRESET|socket hang up/);
  });

  test("the order went through order, inventory, payment and notification", () => {
    const answer = JSON.parse(printed.slice(printed.indexOf("{")));
    expect(answer).toMatchObject({
      service: "order",
      calls: {
        inventory: { service: "inventory" },
        payment: { service: "payment" },
        notification: { service: "notification" },
      },
    });
  });

  test("the order stands in PostgreSQL, and so does what inventory and payment made of it", async () => {
    const { id } = JSON.parse(printed.slice(printed.indexOf("{")));
    for (const service of ["order", "inventory", "payment"]) {
      const rows = await scene().cluster.kubectl(
        ...[
          "exec",
          "-n",
          `dev-${service}`,
          `${service}-database-0`,
          "--",
          "psql",
          "--host=/tmp",
          "--username=postgres",
        ],
        ...[`--dbname=${service}`, "--tuples-only", "--command=SELECT * FROM records"],
      );
      expect(rows).toContain(id);
    }
  });

  test("a second start has nothing to build and changes nothing", async () => {
    const before = await templates(scene());
    const { stderr } = succeeded(await scene().checkout.run("npm", "start"));
    expect(stderr).toMatch(/already done/);
    expect(await templates(scene())).toEqual(before);
  });

  test("a preview of what runs is empty", async () => {
    const { stdout } = succeeded(
      await scene().checkout.run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"),
    );
    expect(stdout).toMatch(/unchanged/);
  });

  test("pulumi refresh finds the cluster as it left it", async () => {
    succeeded(
      await scene().checkout.run(
        "npx",
        "pulumi",
        "refresh",
        "-s",
        "dev",
        "--yes",
        "--skip-preview",
        "--expect-no-changes",
      ),
    );
  });

  test("generated passwords stand in the state only encrypted", async () => {
    const { data } = await scene().cluster.get<{ data: Record<string, string> }>(
      "secret",
      "-n",
      "dev-order",
      "order-database",
    );
    const password = Buffer.from(data.password ?? "", "base64").toString();
    expect(password.length).toBeGreaterThan(20);
    const state = await readFile(
      join(scene().checkout.folder, ".local/pulumi/.pulumi/stacks/mountainpass/dev.json"),
      "utf8",
    );
    expect(state).toContain("order-database");
    expect(state).not.toContain(password);
    expect(state).not.toContain(data.password);
  });
}

/** What every workload is to run; how many replicas is for the autoscaler to say. */
async function templates({ cluster }: Scene): Promise<string[]> {
  const { items } = await cluster.get<{ items: Templated[] }>("deployments,rollouts,statefulsets", "-A");
  return items.map(({ kind, metadata: { namespace, name }, spec }) =>
    JSON.stringify([kind, namespace, name, spec.template]),
  );
}

interface Templated {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: { readonly template: unknown };
}
