import { expect, test } from "@jest/globals";
import { refuseWhatBreaks } from "../../../../cli/deploy.ts";
import {
  call,
  type RequestName,
  render,
  resolve,
  rest,
  type Service,
  service,
} from "../../../../constructs/index.ts";
import { changesOf, type Step } from "../../../../stacks/delivery/pulumi/steps.ts";
import { stillAsked } from "../../../../stacks/delivery/pulumi/still-asked.ts";
import { environment, meshed } from "../../../constructs/example.ts";

const read = "GET /items" as const;
const reserve = "POST /reservations" as const;

interface Callee {
  readonly requests?: readonly RequestName[];
  readonly port?: number;
}

function shopThat(asks: readonly RequestName[] | undefined, { requests, port = 3000 }: Callee): Service[] {
  const answers = requests && { requests: Object.fromEntries(requests.map((name) => [name, {}])) };
  const inventory = service("inventory", {
    owner: "warehouse",
    api: rest({ port, callers: ["checkout"], ...answers }),
  });
  return [
    service("order", {
      owner: "checkout",
      api: rest({ port: 3000 }),
      calls: () => [call(inventory.api, { ...(asks && { requests: asks }) })],
    }),
    inventory,
  ];
}

/** The preview of a shop where another one runs: every object that order has there is due to be updated. */
function due(runs: readonly Service[], where = meshed): Step[] {
  const parent = "urn:pulumi:dev::shop::pressurevalve:index:Service::order";
  const order = render(resolve(runs, where)).find(({ name }) => name === "order");
  return [
    { op: "same", urn: parent, newState: { type: "pressurevalve:index:Service" } },
    ...(order?.manifests ?? []).map((inputs) => {
      const type = `kubernetes:${inputs.apiVersion}:${inputs.kind}`;
      return {
        op: "update",
        urn: `urn:pulumi:dev::shop::${type}::${inputs.metadata.name}`,
        oldState: { type, parent, inputs },
        newState: { type, parent },
      };
    }),
  ];
}

function asked(
  runs: readonly Service[],
  described: readonly Service[],
  service = "inventory",
  where = meshed,
) {
  return stillAsked(changesOf(due(runs, where)), described, where, service);
}

const both = shopThat([read, reserve], { requests: [read, reserve] });

const reserves = { caller: "order", isDescribed: true, request: "POST /reservations at port 3000" };

test.each([
  meshed,
  environment,
])("a callee that gives a request up waits for the callers that still ask it, mesh $mesh.kind", (where) => {
  expect(asked(both, shopThat([read], { requests: [read] }), "inventory", where)).toEqual([reserves]);
});

test("for a caller that is no longer described as well, which cannot be deployed first", () => {
  const [, inventory] = shopThat([read], { requests: [read] });
  const found = asked(both, [inventory as Service]);
  expect(found).toEqual([{ ...reserves, isDescribed: false }]);
  expect(() => refuseWhatBreaks(found, "dev", "inventory")).toThrow(
    ["  order: POST /reservations at port 3000", "deploy all together: npx pulumi up -s dev"].join("\n"),
  );
});

const priced = "GET /prices/$base" as const;

test("a request is known again however a container was told of it", () => {
  const runs = shopThat([priced], { requests: [priced] });
  expect(asked(runs, shopThat([priced, read], { requests: [priced, read] }))).toEqual([]);
});

test("their own deployment waits for nobody", () => {
  expect(asked(both, shopThat([read], { requests: [read] }), "order")).toEqual([]);
});

test.each([
  ["a callee that answers one request more", shopThat([read], { requests: [read, reserve] })],
  ["a callee that now answers anything", shopThat(undefined, {})],
])("nor does %s", (_, described) => {
  expect(asked(shopThat([read], { requests: [read] }), described)).toEqual([]);
});

test("a callee that moves to another port is never deployed before its callers", () => {
  expect(
    asked(shopThat([read], { requests: [read] }), shopThat([read], { requests: [read], port: 4000 })),
  ).toEqual([{ caller: "order", isDescribed: true, request: "GET /items at port 3000" }]);
});

test("the refusal names who asks what", () => {
  expect(() =>
    refuseWhatBreaks(
      [{ caller: "order", isDescribed: true, request: `${read} at port 3000` }],
      "dev",
      "inventory",
    ),
  ).toThrow(
    [
      "inventory cannot be deployed alone to dev: what runs still asks what it would no longer answer",
      "  order: GET /items at port 3000",
      "deploy those first, or all together: npx pulumi up -s dev",
    ].join("\n"),
  );
});
