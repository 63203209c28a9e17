import { describe, expect, test } from "@jest/globals";
import {
  call,
  type Manifest,
  type RequestName,
  render,
  resolve,
  rest,
  type Service,
  service,
} from "../../../../constructs/index.ts";
import { waveOf, waves } from "../../../../constructs/kubernetes/metadata.ts";
import { reachability } from "../../../../stacks/delivery/graph/reachability.ts";
import { meshed } from "../../../constructs/example.ts";

const order = "dev-order/order/service";
const inventory = "dev-inventory/inventory/service:3000";

/** Order, which asks some requests of inventory, which answers some. */
function shopThat(asks: readonly RequestName[], answers: readonly RequestName[]): Service[] {
  const requests = Object.fromEntries(answers.map((name) => [name, {}]));
  const callee = service("inventory", {
    owner: "warehouse",
    api: rest({ port: 3000, callers: ["checkout"], requests }),
  });
  const calls = asks.length > 0 ? [call(callee.api, { requests: asks })] : [];
  return [service("order", { owner: "checkout", api: rest({ port: 3000 }), calls: () => calls }), callee];
}

const read = "GET /items" as const;
const reserve = "POST /reservations" as const;

// From a call that is not there yet to one that asks more of the callee, and back.
const changes = [
  {
    what: "a call of a service that was just added",
    before: shopThat([], [read]),
    after: shopThat([read], [read]),
  },
  {
    what: "one more request",
    before: shopThat([read], [read]),
    after: shopThat([read, reserve], [read, reserve]),
  },
  {
    what: "one request less",
    before: shopThat([read, reserve], [read, reserve]),
    after: shopThat([read], [read]),
  },
];

/** What the deployed description of each service makes of the cluster. */
function deployed(descriptions: { order: Service[]; inventory: Service[] }): Manifest[] {
  return Object.entries(descriptions).flatMap(
    ([name, shop]) => render(resolve(shop, meshed)).find((one) => one.name === name)?.manifests ?? [],
  );
}

/** What order may ask of inventory, by the finished objects alone. */
function open(manifests: readonly Manifest[]): readonly string[] {
  const way = reachability(manifests).find(
    ({ from, to, port }) => from === order && `${to}:${port}` === inventory,
  );
  return way?.requests ?? [];
}

/** What the description of order has it ask. */
function asked([caller]: Service[]): string[] {
  return (caller?.description.calls?.() ?? []).flatMap(({ requests = [] }) => requests).sort();
}

describe.each(changes)("$what, whichever of the two is deployed first", ({ before, after }) => {
  test.each([
    ["before either", { order: before, inventory: before }],
    ["the callee first", { order: before, inventory: after }],
    ["the caller first", { order: after, inventory: before }],
    ["after both", { order: after, inventory: after }],
  ])("%s: what the caller that runs asks is allowed, and nothing else", (_, descriptions) => {
    expect(open(deployed(descriptions))).toEqual(asked(descriptions.order));
  });
});

test("what opens an edge is there before the pods that use it", () => {
  const manifests = deployed({ order: shopThat([read], [read]), inventory: shopThat([read], [read]) });
  const kinds = ["AuthorizationPolicy", "Sidecar", "VirtualService", "NetworkPolicy"];
  const edges = manifests.filter(({ kind }) => kinds.includes(kind));
  expect(new Set(edges.map(({ kind }) => kind))).toEqual(new Set(kinds));
  for (const edge of edges) expect(waveOf(edge)).toBe(waves.foundation);
  for (const pods of manifests.filter(({ kind }) => kind === "Deployment"))
    expect(waveOf(pods)).toBe(waves.workload);
});
