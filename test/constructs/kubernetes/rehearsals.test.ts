import { expect, test } from "@jest/globals";
import {
  ApiReference,
  call,
  Duration,
  type Rehearsal,
  type RequestName,
  render,
  resolve,
  rest,
} from "../../../constructs/index.ts";
import { find, meshed, names, order, other } from "../example.ts";

/** What the services of a shop render, whose payment fails like this for order. */
function rehearsing(...rehearsals: Omit<Rehearsal, "from" | "to">[]) {
  const named = rehearsals.flatMap((one) => one.requests ?? []);
  const requests = named.length > 0 ? named : ["GET /"];
  const shop = [
    order({ calls: () => [call(new ApiReference("payment"))] }),
    other("payment", {
      api: rest({ port: 3000, requests: Object.fromEntries(requests.map((name) => [name, {}])) }),
      calls: () => [call(new ApiReference("inventory"))],
    }),
    other("inventory"),
  ];
  const environment = {
    ...meshed,
    rehearsals: rehearsals.map((one) => ({ from: "order", to: "payment", ...one })),
  };
  return new Map(render(resolve(shop, environment)).map((one) => [one.name, one]));
}

// biome-ignore lint/suspicious/noExplicitAny: a test that reads a wrong field fails
const patches = (...rehearsals: Omit<Rehearsal, "from" | "to">[]): any[] =>
  find(rehearsing(...rehearsals).get("payment") as never, "EnvoyFilter", "rehearsals").spec.configPatches;

const abort = { httpStatus: 503 };
const delay = { fixedDelay: Duration.millis(2500), share: 0.25 };

test("without a rehearsal there is none", () => {
  for (const service of rehearsing().values())
    expect(names(service, "EnvoyFilter")).not.toContain("rehearsals");
});

test("it is the callee that fails, so that its callers' proxies see real failures", () => {
  const shop = rehearsing({ abort });
  for (const name of ["order", "inventory"])
    expect(names(shop.get(name) as never, "EnvoyFilter")).not.toContain("rehearsals");
  const { metadata, spec } = find(shop.get("payment") as never, "EnvoyFilter", "rehearsals");
  expect(metadata.namespace).toBe("dev-payment");
  expect(spec.workloadSelector.labels).toEqual({
    "app.kubernetes.io/name": "payment",
    "app.kubernetes.io/component": "service",
  });
  const shedding = find(shop.get("payment") as never, "EnvoyFilter", "shedding");
  expect(spec.priority).toBeGreaterThan(shedding.spec.priority);
  expect(spec.configPatches[0].match).toEqual({
    context: "SIDECAR_INBOUND",
    listener: {
      portNumber: 3000,
      filterChain: {
        filter: {
          name: "envoy.filters.network.http_connection_manager",
          subFilter: { name: "envoy.filters.http.router" },
        },
      },
    },
  });
});

test("an abort and a delay are the share of requests that they say, or all of them", () => {
  const [both] = patches({ abort, delay });
  const { abort: aborted, delay: delayed } = both.patch.value.typed_config;
  expect(aborted).toEqual({ http_status: 503, percentage: { numerator: 100, denominator: "HUNDRED" } });
  expect(delayed).toEqual({ fixed_delay: "2.5s", percentage: { numerator: 25, denominator: "HUNDRED" } });
  const [one] = patches({ delay });
  expect(one.patch.value.typed_config).not.toHaveProperty("abort");
});

test("rehearsals and requests have filters of their own, with names that differ", () => {
  const filters = patches({ abort, requests: ["GET /a", "GET /b"] }, { delay });
  const named = filters.map(({ patch }) => patch.value.name);
  expect(named).toHaveLength(3);
  expect(new Set(named).size).toBe(3);
});

/** Whether a filter takes a request for its own, as Envoy reads its conditions. */
function meets(requests: RequestName[] | undefined, asked: Record<string, string>): boolean {
  return patches({ abort, ...(requests && { requests }) }).some(({ patch }) =>
    patch.value.typed_config.headers.every(
      ({ name, string_match }: { name: string; string_match: { safe_regex: { regex: string } } }) =>
        new RegExp(`^(?:${string_match.safe_regex.regex})$`).test(asked[name] ?? ""),
    ),
  );
}

const certificate = (namespace: string, account: string) =>
  `By=spiffe://cluster.local/ns/dev-payment/sa/payment;Hash=0a;Subject="";URI=spiffe://cluster.local/ns/${namespace}/sa/${account}`;

test.each([
  [certificate("dev-order", "order"), true],
  [`${certificate("dev-order", "order")};DNS=a`, true],
  [certificate("dev-order", "order-2"), false],
  [certificate("staging-order", "order"), false],
  [certificate("dev-rental", "rental"), false],
  [
    certificate("dev-order", "order").replace("cluster.local/ns/dev-order", "clusterxlocal/ns/dev-order"),
    false,
  ],
  [`${certificate("dev-rental", "rental")},${certificate("dev-order", "order")}`, true],
  [`${certificate("dev-order", "order")},${certificate("dev-rental", "rental")}`, false],
  ["", false],
])("only order's certificate is met: %s", (header, expected) => {
  expect(meets(undefined, { "x-forwarded-client-cert": header })).toBe(expected);
});

test.each<[RequestName, string, string, boolean]>([
  ["GET /charges", "GET", "/charges", true],
  ["GET /charges", "GET", "/charges?since=1", true],
  ["GET /charges", "POST", "/charges", false],
  ["GET /charges", "GET", "/charges/1", false],
  ["GET /v1.2/(a)+$", "GET", "/v1.2/(a)+$", true],
  ["GET /v1.2/(a)+$", "GET", "/v1x2/(a)+$", false],
  ["GET /charges/{id}", "GET", "/charges/1?a=b/c", true],
  ["GET /charges/{id}", "GET", "/charges/1/lines", false],
  ["GET /charges/{id}/*", "GET", "/charges/1/lines/2", true],
  ["GET /charges/{id}/*", "GET", "/charges/1", false],
  ["GET /*", "GET", "/", true],
])("%s: %s %s is met: %s", (request, method, path, expected) => {
  const asked = {
    ":method": method,
    ":path": path,
    "x-forwarded-client-cert": certificate("dev-order", "order"),
  };
  expect(meets([request], asked)).toBe(expected);
});
