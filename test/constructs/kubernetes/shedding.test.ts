import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { Duration, grpc, type RequestClasses, type RequestName, rest } from "../../../constructs/index.ts";
import type { Importance } from "../../../constructs/model/shedding.ts";
import { find, meshed, names, order, rendered } from "../example.ts";

const shedding = (api: object = {}) =>
  find(rendered(order({ api: rest({ port: 3000, ...api }) }), meshed), "EnvoyFilter", "shedding").spec;

test("without a mesh nobody sheds", () => {
  expect(names(rendered(order()), "EnvoyFilter")).toEqual([]);
});

test("the proxy of the application's pods sheds right before the application, and no other one does", () => {
  const { workloadSelector, configPatches } = shedding();
  expect(workloadSelector.labels).toEqual({
    "app.kubernetes.io/name": "order",
    "app.kubernetes.io/component": "service",
  });
  expect(configPatches).toHaveLength(1);
  const [{ match, patch }] = configPatches;
  expect(match.context).toBe("SIDECAR_INBOUND");
  expect(match.listener.portNumber).toBe(3000);
  expect(match.listener.filterChain.filter.subFilter.name).toBe("envoy.filters.http.router");
  expect(patch.operation).toBe("INSERT_BEFORE");
});

test("where all is worth the same, one filter sees all, and refuses with 429", () => {
  const [{ patch }] = shedding({ concurrency: 10, deadline: Duration.millis(800) }).configPatches;
  expect(patch.value).toEqual({
    name: "pressurevalve.shedding.normal",
    typed_config: {
      "@type":
        "type.googleapis.com/envoy.extensions.filters.http.adaptive_concurrency.v3.AdaptiveConcurrency",
      gradient_controller_config: {
        concurrency_limit_params: { max_concurrency_limit: 20, concurrency_update_interval: "0.5s" },
        min_rtt_calc_params: { fixed_value: "0.3s", buffer: { value: 0 }, min_concurrency: 10 },
      },
      concurrency_limit_exceeded_status: { code: "TooManyRequests" },
    },
  });
});

test("a request is counted by the one filter of its importance, and what nobody named by that of normal ones", () => {
  const requests: RequestClasses = {
    "POST /orders": { importance: "critical" },
    "GET /orders/{id}": {},
    "GET /orders/*": { importance: "sheddable" },
    "GET /orders/vip": { importance: "critical" },
  };
  const counted = (method: string, path: string) => countedBy(shedding({ requests }), method, path);
  expect(counted("POST", "/orders")).toEqual(["critical"]);
  expect(counted("POST", "/orders?dry=true")).toEqual(["critical"]);
  expect(counted("GET", "/orders/7")).toEqual(["normal"]);
  expect(counted("GET", "/orders/vip")).toEqual(["critical"]);
  expect(counted("GET", "/orders/7/lines")).toEqual(["sheddable"]);
  expect(counted("GET", "/")).toEqual(["normal"]);
  expect(counted("GET", "/ordersx")).toEqual(["normal"]);
});

test("a stream is counted by none, however long it lasts", () => {
  const requests = { "shop.Orders/Watch": { streaming: true }, "shop.Orders/*": {} };
  const spec = find(
    rendered(order({ api: grpc({ port: 4000, requests }) }), meshed),
    "EnvoyFilter",
    "shedding",
  ).spec;
  const shed = { configPatches: spec.configPatches.filter(isFilter) };
  expect(countedBy(shed, "POST", "/shop.Orders/Watch")).toEqual([]);
  expect(countedBy(shed, "POST", "/shop.Orders/Get")).toEqual(["normal"]);
});

test("gRPC callers are told RESOURCE_EXHAUSTED, and those of HTTP their status alone", () => {
  const api = grpc({ port: 4000 });
  const { configPatches } = find(rendered(order({ api }), meshed), "EnvoyFilter", "shedding").spec;
  const [words] = configPatches.filter((patch: never) => !isFilter(patch));
  expect(words.match.listener.portNumber).toBe(4000);
  const [mapper] = words.patch.value.typed_config.local_reply_config.mappers;
  expect(mapper.filter.status_code_filter.comparison.value.default_value).toBe(429);
  expect(mapper.headers_to_add[0].header).toEqual({ key: "grpc-status", value: "8" });
  expect(shedding().configPatches.every(isFilter)).toBe(true);
});

const isFilter = ({ applyTo }: { applyTo: string }) => applyTo === "HTTP_FILTER";

test("whatever the classes, exactly one filter counts a request, by the narrowest class that has it", () => {
  const name = fc.constantFrom<RequestName>(
    "GET /*",
    "GET /a",
    "GET /a/*",
    "GET /a/{x}",
    "GET /a/b",
    "GET /{x}/b",
    "GET /a/{x}/c",
    "POST /a/{x}",
    "POST /a.b/$",
  );
  const importance = fc.constantFrom<Importance>("critical", "normal", "sheddable");
  const classes = fc.dictionary(name, fc.record({ importance }), { minKeys: 1 });
  const method = fc.constantFrom("GET", "POST", "PUT");
  const path = fc.constantFrom(
    "/",
    "/a",
    "/a?x=/a/b",
    "/a/b",
    "/a/z?y",
    "/z/b",
    "/a/b/c",
    "/a.b/$",
    "/axb/$",
  );
  fc.assert(
    fc.property(classes, method, path, (requests, asked, at) => {
      expect(countedBy(shedding({ requests }), asked, at)).toEqual([worth(requests, asked, at)]);
    }),
  );
});

/** By hand: a class without wildcards before one with them, and what goes on before what ends. */
function worth(
  requests: Record<string, { importance: Importance }>,
  method: string,
  path: string,
): Importance {
  const narrowing = ["GET /a/b", "POST /a.b/$", "GET /a", "GET /a/{x}", "GET /{x}/b", "GET /a/{x}/c"];
  const order = [...narrowing, "POST /a/{x}", "GET /a/*", "GET /*"];
  const [plain = ""] = path.split("?");
  const segments = plain.slice(1).split("/");
  const found = order.find((name) => {
    const [verb, template = ""] = name.split(" ");
    const wanted = template.slice(1).split("/");
    return (
      requests[name] !== undefined &&
      verb === method &&
      (wanted.at(-1) === "*" ? segments.length >= wanted.length : segments.length === wanted.length) &&
      wanted.every(
        (want, index) => want === "*" || (want === "{x}" ? segments[index] !== "" : want === segments[index]),
      )
    );
  });
  return requests[found ?? ""]?.importance ?? "normal";
}

// ---- Envoy's matchers, as far as they are rendered

interface Predicate {
  readonly and_matcher?: { readonly predicate: readonly Predicate[] };
  readonly or_matcher?: { readonly predicate: readonly Predicate[] };
  readonly not_matcher?: Predicate;
  readonly single_predicate?: {
    readonly input: { readonly typed_config: { readonly header_name: ":method" | ":path" } };
    readonly value_match: {
      readonly exact?: string;
      readonly safe_regex?: { readonly google_re2: object; readonly regex: string };
    };
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a test that reads a wrong field fails
function countedBy(spec: any, method: string, path: string): string[] {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  return spec.configPatches.flatMap(({ patch: { value } }: any) => {
    const [matcher] = value.typed_config.xds_matcher?.matcher_list.matchers ?? [];
    const isSkipped = matcher !== undefined && holds(matcher.predicate, { ":method": method, ":path": path });
    return isSkipped ? [] : [value.name.replace("pressurevalve.shedding.", "")];
  });
}

function holds(predicate: Predicate, headers: Record<":method" | ":path", string>): boolean {
  const { and_matcher: all, or_matcher: any, not_matcher: not, single_predicate: one } = predicate;
  // Envoy refuses lists of one.
  for (const list of [all, any]) if (list) expect(list.predicate.length).toBeGreaterThan(1);
  if (all) return all.predicate.every((each) => holds(each, headers));
  if (any) return any.predicate.some((each) => holds(each, headers));
  if (not) return !holds(not, headers);
  if (!one) throw new Error("a predicate of no kind");
  const value = headers[one.input.typed_config.header_name];
  const { exact, safe_regex: expression } = one.value_match;
  // Envoy refuses one without its engine.
  if (expression) expect(expression.google_re2).toEqual({});
  return expression ? new RegExp(`^(?:${expression.regex})$`).test(value) : value === exact;
}
