import { expect, test } from "@jest/globals";
import { ApiReference, type Call, call, render, resolve, rest } from "../../../constructs/index.ts";
import { find, meshed, order, other } from "../example.ts";

const callee = (name: string) =>
  other(name, {
    api: rest({ port: 4000, requests: { "GET /items/{sku}": {}, "GET /items": {}, "POST /items": {} } }),
  });

/** What order renders, which calls inventory like this. */
function calling(...calls: Omit<Call, "api">[]) {
  const shop = [
    order({ calls: () => calls.map((options) => call(new ApiReference("inventory"), options)) }),
    callee("inventory"),
  ];
  return render(resolve(shop, meshed))[0] as never;
}

// biome-ignore lint/suspicious/noExplicitAny: a test that reads a wrong field fails
const patches = (rendering: never, to: string, name = "to-inventory"): any[] =>
  find(rendering, "EnvoyFilter", name).spec.configPatches.filter(
    ({ applyTo }: { applyTo: string }) => applyTo === to,
  );

const degraded = { body: { stock: "unknown" } };

test("without a degraded answer there is no filter", () => {
  const rendering = calling({ requests: ["GET /items"] });
  expect(
    find(rendering, "EnvoyFilter", "to-inventory").spec.configPatches.map(({ applyTo }: never) => applyTo),
  ).toEqual(["CLUSTER"]);
});

test("a filter before the router, which does nothing by itself, at the port of the callee alone", () => {
  const [filter, ...more] = patches(calling({ requests: ["GET /items"], degraded }), "HTTP_FILTER");
  expect(more).toEqual([]);
  expect(filter.match).toEqual({
    context: "SIDECAR_OUTBOUND",
    listener: {
      portNumber: 4000,
      filterChain: {
        filter: {
          name: "envoy.filters.network.http_connection_manager",
          subFilter: { name: "envoy.filters.http.router" },
        },
      },
    },
  });
  expect(filter.patch).toEqual({
    operation: "INSERT_BEFORE",
    value: {
      name: "pressurevalve.degraded.inventory",
      disabled: true,
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.custom_response.v3.CustomResponse",
      },
    },
  });
});

test("the routes of the call, as its VirtualService names them, answer in place of 5xx and nothing else", () => {
  const rendering = calling(
    { requests: ["GET /items/{sku}", "GET /items"], degraded },
    { requests: ["POST /items"] },
  );
  const switched = patches(rendering, "HTTP_ROUTE");
  expect(switched.map(({ match }) => match)).toEqual(
    ["GET /items/{sku}", "GET /items"].map((name) => ({
      context: "SIDECAR_OUTBOUND",
      routeConfiguration: {
        vhost: { name: "inventory.dev-inventory.svc.cluster.local:4000", route: { name } },
      },
    })),
  );
  const routes = find(rendering, "VirtualService").spec.http.map(({ name }: { name: string }) => name);
  for (const { match, patch } of switched) {
    expect(routes).toContain(match.routeConfiguration.vhost.route.name);
    const config = patch.value.typed_per_filter_config["pressurevalve.degraded.inventory"];
    const [only, ...more] = config.custom_response_matcher.matcher_list.matchers;
    expect([patch.operation, more]).toEqual(["MERGE", []]);
    expect(only.predicate.single_predicate.value_match).toEqual({ exact: "5xx" });
  }
});

test("the answer is what the description says, for no cache, and says who made it up", () => {
  const [{ patch }] = patches(
    calling({ requests: ["GET /items"], degraded: { status: 203, body: { off: "50 %" } } }),
    "HTTP_ROUTE",
  );
  const [matcher] =
    patch.value.typed_per_filter_config["pressurevalve.degraded.inventory"].custom_response_matcher
      .matcher_list.matchers;
  expect(matcher.on_match.action.typed_config).toEqual({
    "@type":
      "type.googleapis.com/envoy.extensions.http.custom_response.local_response_policy.v3.LocalResponsePolicy",
    status_code: 203,
    body: { inline_string: '{"off":"50 %"}' },
    response_headers_to_add: [
      ["content-type", "application/json"],
      ["cache-control", "no-store"],
      ["proxy-status", 'order; error=destination_unavailable; details="degraded answer for inventory"'],
    ].map(([key, value]) => ({ header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" })),
  });
});

test("two callees at one port have a filter each, for one would answer twice", () => {
  const shop = [
    order({
      calls: () =>
        ["inventory", "payment"].map((name) =>
          call(new ApiReference(name), { requests: ["GET /items"], degraded }),
        ),
    }),
    callee("inventory"),
    callee("payment"),
  ];
  const [rendering] = render(resolve(shop, meshed));
  const names = ["to-inventory", "to-payment"].map(
    (name) => patches(rendering as never, "HTTP_FILTER", name)[0].patch.value.name,
  );
  expect(names).toEqual(["pressurevalve.degraded.inventory", "pressurevalve.degraded.payment"]);
});
