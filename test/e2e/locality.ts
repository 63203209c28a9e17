import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, test } from "@jest/globals";
import { call, Duration, rest, service } from "../../constructs/index.ts";
import { show } from "./open-loop.ts";
import type { Scene } from "./scene.ts";
import { SmallShop } from "./small-shop.ts";
import { until } from "./until.ts";

const depot = service("depot", {
  owner: "warehouse",
  image: "inventory",
  api: rest({
    port: 3000,
    circuitBreaker: { consecutive5xxErrors: 5, baseEjectionTime: Duration.seconds(5) },
  }),
  scaling: { kind: "fixed", replicas: 2 },
});

const carrier = service("carrier", {
  owner: "warehouse",
  image: "order",
  api: rest({ port: 3000 }),
  calls: () => [call(depot.api)],
});

/** Where both replicas are asked, the one in the caller's zone, or the other. */
type Asked = "both" | "near" | "far";

/**
 * Requests stay in their zone. The cluster's one node is of one zone; a pod's own label tells Istio another, which then
 * counts in place of its node's: https://istio.io/latest/docs/tasks/traffic-management/locality-load-balancing/
 */
export function locality(scene: () => Scene): void {
  let shop: SmallShop;
  let near: string;
  let far: string;

  beforeAll(async () => {
    shop = new SmallShop(scene(), "locality-", [depot, carrier]);
    await shop.start({ ...(await shop.environment()), zoneSpread: "required" });
    const pods = await scene().cluster.kubectl(
      ...["get", "pods", "-n", shop.home("depot"), "-o", "name", "--field-selector=status.phase=Running"],
    );
    [near = "", far = ""] = pods.split("\n");
  });

  afterAll(() => shop.end());

  test("replicas of one zone are both asked", () => whenAsked("both"));

  test("with one of them in another zone, only the one nearby is asked", async () => {
    await scene().cluster.kubectl("label", "-n", shop.home("depot"), far, "istio-locality=local.elsewhere");
    await whenAsked("near");
  });

  test("when the one nearby fails, the other zone is asked, until it is well again", async () => {
    await shop.fault("depot", "status=503", near);
    await whenAsked("far");
    await shop.fault("depot", "", near);
    await whenAsked("near");
  });

  test("when the one nearby is not ready, the other zone is asked, until it is", async () => {
    await shop.fault("depot", "status=503 path=/health/ready", near);
    await whenAsked("far");
    await shop.fault("depot", "", near);
    await whenAsked("near");
  });

  async function whenAsked(whom: Asked): Promise<void> {
    const found = await until(`requests at ${whom}`, counted, ({ asked }) => asked === whom, 2);
    show("requests by zone", found);
  }

  /** Where the requests of a caller arrive. */
  async function counted(): Promise<{ asked: Asked | undefined; near: number; far: number }> {
    const id = randomUUID();
    const statuses = JSON.parse(await shop.node("carrier", "--input-type=module", "--eval", asksOften, id));
    const [nearby, away] = await Promise.all([near, far].map((pod) => shop.asked("depot", id, pod)));
    const counts = { near: nearby ?? 0, far: away ?? 0 };
    const all = statuses.every((status: number) => status === 200);
    return { asked: all ? whereOf(counts) : undefined, ...counts };
  }
}

function whereOf({ near, far }: { near: number; far: number }): Asked | undefined {
  if (near > 0 && far > 0) return "both";
  if (near === 0 && far === 0) return undefined;
  return near > 0 ? "near" : "far";
}

const asksOften = `
const [id] = process.argv.slice(1);
const statuses = [];
for (let asked = 0; asked < 20; asked += 1) {
  const response = await fetch(process.env.DEPOT_URL + "/depots", { headers: { "x-correlation-id": id } });
  await response.text();
  statuses.push(response.status);
}
console.log(JSON.stringify(statuses));
`;
