import { expect, test } from "@jest/globals";
import { call, Duration, type Environment, external } from "../../../constructs/index.ts";
import { environment, meshed, order, other, problems, resolved } from "../example.ts";

const cards = external("card-network", {
  owner: "checkout",
  requests: { "GET /charges/{id}": {}, "POST /charges": {} },
});

const place = {
  kind: "dns",
  host: "api.cards.example",
  port: 443,
  tls: { kind: "simple" },
  subnets: ["203.0.113.0/24"],
};

const placing = (externals: unknown, where = environment) => ({ ...where, externals }) as Environment;
const placed = (where = environment, more: object = {}) =>
  placing({ "card-network": { ...place, ...more } }, where);
const calling = (...apis: { api: typeof cards.api }[]) =>
  order({ calls: () => apis.map(({ api }) => call(api)) });
const refusals = (more: object) => problems([calling(cards)], placed(environment, more));

test("an external is called like a service", () => {
  expect(problems([calling(cards)], placed())).toEqual([]);
});

test("an external that the environment does not place is a problem", () => {
  expect(problems([calling(cards)])).toEqual([
    "order: calls[0] is card-network, but dev does not say where it is; add it to externals of dev",
  ]);
  expect(problems([calling(cards)], placing({ "card-netwrk": place }))).toEqual([
    "environment dev: externals.card-netwrk is called by no service; did you mean card-network?",
    "order: calls[0] is card-network, but dev does not say where it is; did you mean card-netwrk?",
  ]);
});

test("a place that nobody calls is a problem, unless a description cannot be read at all", () => {
  expect(problems([order()], placed())).toEqual([
    "environment dev: externals.card-network is called by no service; take it out, or let a service call it",
  ]);
  expect(problems([order({ owner: "!" })], placed())).toHaveLength(1);
});

test("an external has one name and one description", () => {
  const again = external("card-network", { owner: "checkout" });
  expect(problems([calling(cards), other("payment", { calls: () => [call(again.api)] })], placed())).toEqual([
    "card-network: name is card-network, but another external has this name; describe it once, and let all its callers call that one",
  ]);
  expect(problems([calling(cards), other("card-network")], placed())).toContain(
    "card-network: name is card-network, but a service has this name; rename the external",
  );
});

test("what is said of an external is checked where it is called", () => {
  const wrong = external("Cards", { owner: "", concurency: 5, requests: { "GET /.*": {} } } as never);
  expect(problems([calling(wrong)])).toEqual([
    expect.stringMatching(/^order: calls\[0\]\.api\.service is Cards, but must be a DNS label/),
    expect.stringMatching(/^order: calls\[0\]\.api\.external\.owner is "", but must be a DNS label/),
    'order: calls[0].api.external.requests["GET /.*"] has a name that must be a method and a path, no regular expression; write for example GET /items/{sku} or GET /items/*',
    "order: calls[0].api.external.concurency is no such field; did you mean concurrency?",
  ]);
  const none = external("cards", undefined as never);
  expect(problems([calling(none)])).toEqual([
    "order: calls[0] is cards, but there is no such service; add it to services/index.ts",
  ]);
});

test("nobody here says what an external refuses first", () => {
  const cards = external("cards", {
    owner: "checkout",
    requests: { "GET /charges": { importance: "critical" } } as never,
  });
  expect(problems([calling(cards)])).toContain(
    'order: calls[0].api.external.requests["GET /charges"].importance is no such field; take it out',
  );
});

test("its requests, consent and retries are those of any edge", () => {
  const asks = (owner: string, options: object) =>
    problems([order({ owner, calls: () => [call(cards.api, options)] })], placed());
  expect(asks("checkout", { requests: ["GET /charge/{id}"] })).toEqual([
    "order: calls[0].requests is GET /charge/{id}, but card-network has no such request; did you mean GET /charges/{id}?",
  ]);
  expect(asks("checkout", { requests: ["POST /charges"], attempts: 2 })).toEqual([
    "order: calls[0].attempts is 2, but POST /charges of card-network is not idempotent; give it a call of its own with one attempt, or say idempotent: true in card-network if it is",
  ]);
  expect(asks("rental", {})).toEqual([
    "order: calls[0] is card-network, but checkout, who owns it, has not agreed to calls of rental; ask checkout to add rental to callers of card-network, or take the call out",
  ]);
});

test("what a callee asks of an external must fit into its caller's timeout, and multiplies its attempts", () => {
  const shop = (timeout: Duration, attempts: number) => [
    other("payment", {
      calls: () => [
        call(cards.api, { requests: ["GET /charges/{id}"], timeout: Duration.millis(400), attempts: 4 }),
      ],
    }),
    order({ calls: () => [call(other("payment").api, { timeout, attempts })] }),
  ];
  expect(problems(shop(Duration.seconds(3), 2), placed())).toEqual([]);
  expect(problems(shop(Duration.seconds(1), 3), placed())).toEqual([
    "payment: calls[0].attempts is 4, but for one request retries may add 11 at card-network, and at most 9 are sound: order -> payment -> card-network; retry at fewer of these calls, best at the last alone",
    "order: calls[0].timeout is 1 s, but payment may take 1875 ms to call card-network (4 x 400 ms and 275 ms between them); raise it to 1875 ms or more, or lower the timeout or attempts of payment",
  ]);
});

test("the application speaks TLS itself, or plain HTTP to its proxy, which speaks TLS", () => {
  const url = (where: Environment) => resolved(calling(cards), where).calls[0]?.url;
  expect(url(placed())).toBe("https://api.cards.example");
  expect(url(placed(meshed))).toBe("http://api.cards.example");
  expect(url(placed(environment, { port: 8443 }))).toBe("https://api.cards.example:8443");
  expect(url(placed(meshed, { port: 8443 }))).toBe("http://api.cards.example:8443");
  expect(url(placed(environment, { tls: { kind: "none" } }))).toBe("http://api.cards.example:443");
});

test("an external at fixed addresses is told by the first", () => {
  const at = (addresses: string[], where = environment) =>
    placing({ "card-network": { kind: "addresses", addresses, port: 8080, tls: { kind: "none" } } }, where);
  const url = (where: Environment) => resolved(calling(cards), where).calls[0]?.url;
  expect(url(at(["192.0.2.10", "192.0.2.11"]))).toBe("http://192.0.2.10:8080");
  expect(url(at(["2001:db8::1"], meshed))).toBe("http://[2001:db8::1]:8080");
  expect(problems([calling(cards)], at([]))).toEqual([
    "environment dev: externals.card-network.addresses is [], but must have at least one address; say where it is",
  ]);
  expect(problems([calling(cards)], at(["127.0.0.1", "cards"]))).toEqual([
    "environment dev: externals.card-network.addresses[0] is 127.0.0.1, but must not be the pod itself; give an address that pods reach",
    "environment dev: externals.card-network.addresses[1] is cards, but must be an IP address; write for example 192.0.2.10",
  ]);
  expect(problems([calling(cards)], at(["192.0.2.10", "192.0.2.10"]))).toEqual([
    'environment dev: externals.card-network.addresses is ["192.0.2.10","192.0.2.10"], but must have addresses that differ; take one out',
  ]);
});

test("a health check is a path", () => {
  const place = { kind: "addresses", addresses: ["192.0.2.10"], port: 8080, tls: { kind: "none" } };
  const told = (healthCheck: string) =>
    problems([calling(cards)], placing({ "card-network": { ...place, healthCheck } }));
  expect(told("/health")).toEqual([]);
  expect(told("health")).toEqual([
    "environment dev: externals.card-network.healthCheck is health, but must be a path; write for example /health",
  ]);
});

test("what a Eureka client is told is the kit's to set", () => {
  const eureka = external("card-network", { owner: "checkout", registry: "eureka" });
  const env = { EUREKA_INSTANCE_HOSTNAME: "elsewhere" };
  const shop = (api: typeof eureka.api) => [order({ calls: () => [call(api)], configuration: { env } })];
  expect(problems(shop(eureka.api), placed())).toEqual([
    "order: configuration.env.EUREKA_INSTANCE_HOSTNAME is set by the kit; choose another name",
  ]);
  expect(problems(shop(cards.api), placed())).toEqual([]);
});

test("a Service of the cluster is no external, so that nobody goes around its owner", () => {
  for (const host of ["inventory.dev-inventory.svc", "inventory.dev-inventory.svc.cluster.local"])
    expect(refusals({ host })).toEqual([
      `environment dev: externals.card-network.host is ${host}, but must be outside the cluster; a Service of the cluster is called as a service, so that its owner agrees`,
    ]);
});

test("a wrong place is a problem", () => {
  expect(refusals({ host: "192.0.2.10" })).toEqual([
    "environment dev: externals.card-network.host is 192.0.2.10, but must be a host's full name in lower case; write for example api.cards.example",
  ]);
  expect(refusals({ subnets: [] })).toEqual([
    'environment dev: externals.card-network.subnets is [], but must be CIDR ranges, at least one, or "public"; write for example ["203.0.113.0/24"]',
  ]);
  expect(refusals({ port: 0 })).toEqual([
    "environment dev: externals.card-network.port is 0, but must be at least 1; give the port where it listens",
  ]);
  expect(refusals({ kind: "ftp" })).toEqual([
    'environment dev: externals.card-network.kind is ftp, but must be "dns" or "addresses"; choose one of them',
  ]);
  expect(refusals({ tls: { kind: "skip" } })).toEqual([
    'environment dev: externals.card-network.tls.kind is skip, but must be "simple" or "none"; choose one of them',
  ]);
});

test("two externals of a caller at one place cannot be told apart", () => {
  const bank = external("bank", { owner: "checkout" });
  const where = placing({ "card-network": place, bank: { ...place, port: 8443 } });
  expect(problems([calling(cards, bank)], where)).toEqual([
    "order: calls[1] is bank, but in dev it is where card-network is; describe both as one external, or give one of them a host of its own",
  ]);
});
