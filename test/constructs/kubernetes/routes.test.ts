import { expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  ApiReference,
  type Call,
  call,
  Duration,
  type RequestClasses,
  type RequestName,
  render,
  resolve,
  rest,
} from "../../../constructs/index.ts";
import { environment, find, meshed, names, order, other, rendered } from "../example.ts";

/** What order renders, which calls inventory like this. */
function calling(requests: RequestClasses | undefined, ...calls: Omit<Call, "api">[]) {
  const shop = [
    order({ calls: () => calls.map((options) => call(new ApiReference("inventory"), options)) }),
    other("inventory", {
      api: rest({ port: 4000, ...(requests && { requests }) }),
    }),
  ];
  return render(resolve(shop, meshed))[0] as never;
}

// biome-ignore lint/suspicious/noExplicitAny: a test that reads a wrong field fails
const routes = (rendering: never): any[] => find(rendering, "VirtualService").spec.http;

test("without a mesh, and without calls, there are no routes", () => {
  expect(names(rendered(order(), meshed), "VirtualService")).toEqual([]);
  const shop = [order({ calls: () => [call(new ApiReference("inventory"))] }), other("inventory")];
  const [caller] = render(resolve(shop, environment));
  expect(names(caller as never, "VirtualService")).toEqual([]);
});

test("a caller's routes are for its own namespace alone", () => {
  const { metadata, spec } = find(calling(undefined, {}), "VirtualService");
  expect([metadata.namespace, metadata.name]).toEqual(["dev-order", "to-inventory"]);
  expect([spec.hosts, spec.exportTo]).toEqual([["inventory.dev-inventory.svc.cluster.local"], ["."]]);
});

test("attempts are retries and one, each with its own timeout, all within the budget", () => {
  const [route] = routes(calling({ "GET /items/{sku}": {} }, { attempts: 3, timeout: Duration.millis(200) }));
  expect(route).toEqual({
    name: "GET /items/{sku}",
    match: [{ uri: { regex: "/items/[^/]+" }, method: { exact: "GET" } }],
    route: [{ destination: { host: "inventory.dev-inventory.svc.cluster.local", port: { number: 4000 } } }],
    timeout: "700ms",
    retries: {
      attempts: 2,
      perTryTimeout: "200ms",
      retryOn: "connect-failure,refused-stream,reset,gateway-error",
    },
  });
});

test("what is not idempotent is asked once, whatever the call says of the rest", () => {
  const [reads, writes] = routes(calling(undefined, { attempts: 2, timeout: Duration.millis(200) }));
  expect([reads.match[0].method, reads.retries.attempts]).toEqual([
    { regex: "GET|HEAD|OPTIONS|PUT|DELETE" },
    1,
  ]);
  expect([writes.match[0].method, writes.retries, writes.timeout]).toEqual([
    { regex: "POST|PATCH" },
    { attempts: 0 },
    "200ms",
  ]);
});

test("several calls of one callee are routes of one object, each with its own timeout", () => {
  const rendering = calling(
    { "GET /items/{sku}": {}, "POST /items": {} },
    { requests: ["GET /items/{sku}"], timeout: Duration.millis(300) },
    { requests: ["POST /items"], timeout: Duration.seconds(2) },
  );
  expect(names(rendering, "VirtualService")).toEqual(["to-inventory"]);
  expect(Object.fromEntries(routes(rendering).map(({ name, timeout }) => [name, timeout]))).toEqual({
    "POST /items": "2000ms",
    "GET /items/{sku}": "300ms",
    undeclared: undefined,
  });
});

test("what no call names is refused at home, with the remedy", () => {
  expect(routes(calling({ "GET /a": {} }, {})).at(-1)).toEqual({
    name: "undeclared",
    directResponse: {
      status: 403,
      body: { string: "order does not ask this of inventory; name it in the requests of the call" },
    },
  });
});

test.each<[RequestName, object]>([
  ["GET /", { exact: "/" }],
  ["GET /*", { prefix: "/" }],
  ["GET /items/*", { prefix: "/items/" }],
  ["GET /v1.2/(a)+$", { exact: "/v1.2/(a)+$" }],
  ["GET /v1.2/{id}/(a)+$", { regex: "/v1\\.2/[^/]+/\\(a\\)\\+\\$" }],
  ["GET /items/{sku}/*", { regex: "/items/[^/]+/.*" }],
])("%s is matched by %j", (name, uri) => {
  expect(routes(calling({ [name]: {} }, {}))[0].match[0].uri).toEqual(uri);
});

test("the narrower route stands first, in whatever order the requests are named", () => {
  const narrowing: RequestName[] = [
    "GET /a/b",
    "GET /a/{x}",
    "GET /{x}/{y}",
    "GET /a/{x}/*",
    "GET /a/*",
    "GET /*",
  ];
  const matches = (uri: { exact?: string; prefix?: string; regex?: string }, path: string) =>
    uri.exact === path ||
    (uri.prefix !== undefined && path.startsWith(uri.prefix)) ||
    (uri.regex !== undefined && new RegExp(`^(?:${uri.regex})$`).test(path));
  const first: [string, string][] = [
    ["/a/b", "GET /a/b"],
    ["/a/c", "GET /a/{x}"],
    ["/b/c", "GET /{x}/{y}"],
    ["/d", "GET /*"],
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(narrowing, { minLength: 6 }), (order) => {
      const all = routes(calling(Object.fromEntries(order.map((name) => [name, {}])), {}));
      for (const [path, name] of first)
        expect(all.find(({ match }) => match && matches(match[0].uri, path)).name).toBe(name);
    }),
    { numRuns: 20 },
  );
});
