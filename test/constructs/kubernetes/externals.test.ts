import { expect, test } from "@jest/globals";
import { call, Duration, type Environment, external } from "../../../constructs/index.ts";
import { environment, find, meshed, names, order, rendered } from "../example.ts";

const cards = external("card-network", {
  owner: "checkout",
  requests: { "GET /charges/{id}": {}, "POST /charges": {} },
  concurrency: 20,
  circuitBreaker: { consecutive5xxErrors: 3, baseEjectionTime: Duration.seconds(10) },
  retryBudget: 0.1,
});

const dns = {
  kind: "dns",
  host: "api.cards.example",
  port: 443,
  tls: { kind: "simple" },
  subnets: ["203.0.113.0/24"],
};

const addresses = {
  kind: "addresses",
  addresses: ["192.0.2.10", "192.0.2.11"],
  port: 8443,
  tls: { kind: "simple", serverName: "cards.internal.example" },
};

const asking = order({
  calls: () => [
    call(cards.api, { requests: ["GET /charges/{id}"], timeout: Duration.millis(300), attempts: 2 }),
    call(cards.api, { requests: ["POST /charges"], timeout: Duration.seconds(2) }),
  ],
});

const shop = (place: object, where = meshed) =>
  rendered(asking, { ...where, externals: { "card-network": place } } as Environment);

test("the mesh learns of an external in its caller's namespace alone", () => {
  expect(find(shop(dns), "ServiceEntry", "to.card-network")).toMatchObject({
    metadata: { namespace: "dev-order" },
    spec: {
      hosts: ["api.cards.example"],
      ports: [{ number: 80, name: "http", protocol: "HTTP", targetPort: 443 }],
      location: "MESH_EXTERNAL",
      resolution: "DNS",
      exportTo: ["."],
    },
  });
});

test("fixed addresses stand behind the first of them", () => {
  expect(find(shop(addresses), "ServiceEntry", "to.card-network").spec).toEqual({
    hosts: ["card-network.dev-order.external"],
    addresses: ["192.0.2.10"],
    ports: [{ number: 8443, name: "http", protocol: "HTTP" }],
    location: "MESH_EXTERNAL",
    resolution: "STATIC",
    endpoints: [{ address: "192.0.2.10" }, { address: "192.0.2.11" }],
    exportTo: ["."],
  });
});

test("the caller's proxy speaks TLS with the named host, and no other", () => {
  const tls = (place: object) =>
    find(shop(place), "DestinationRule", "to.card-network").spec.trafficPolicy.tls;
  const verified = (name: string) => ({ mode: "SIMPLE", sni: name, subjectAltNames: [name] });
  expect(tls(dns)).toEqual(verified("api.cards.example"));
  expect(tls({ ...dns, tls: { kind: "simple", serverName: "cards.example" } })).toEqual(
    verified("cards.example"),
  );
  expect(tls(addresses)).toEqual(verified("cards.internal.example"));
  expect(tls({ ...dns, tls: { kind: "none" } })).toEqual({ mode: "DISABLE" });
});

test("the caller's proxy keeps to the external's pool, breaker and retry budget", () => {
  const { spec } = find(shop(dns), "DestinationRule", "to.card-network");
  expect(spec).toMatchObject({
    host: "api.cards.example",
    exportTo: ["."],
    trafficPolicy: {
      connectionPool: {
        tcp: { maxConnections: 20, connectTimeout: "1s" },
        http: { http2MaxRequests: 20, http1MaxPendingRequests: 20 },
      },
      outlierDetection: { consecutive5xxErrors: 3, baseEjectionTime: "10s" },
      retryBudget: { percent: 10 },
    },
  });
  expect(find(shop(dns), "EnvoyFilter", "to-card-network").spec.configPatches[0]).toMatchObject({
    match: { cluster: { service: "api.cards.example" } },
    patch: { value: { outlier_detection: { max_ejection_time: "10s" } } },
  });
});

test("its requests have routes like those of a service, and everything else is refused", () => {
  const { spec } = find(shop(dns), "VirtualService", "to-card-network");
  expect(spec.hosts).toEqual(["api.cards.example"]);
  expect(spec.http.map((route: { name: string }) => route.name)).toEqual([
    "POST /charges",
    "GET /charges/{id}",
    "undeclared",
  ]);
  expect(spec.http[1]).toMatchObject({
    route: [{ destination: { host: "api.cards.example", port: { number: 80 } } }],
    timeout: "625ms",
    retries: { attempts: 1, perTryTimeout: "300ms" },
  });
  expect(spec.http[0].retries).toEqual({ attempts: 0 });
});

test("the proxy of a caller knows the external, and the network lets it out to nothing else", () => {
  const objects = shop(dns);
  expect(find(objects, "Sidecar", "service").spec.egress[0].hosts).toEqual(["./api.cards.example"]);
  expect(find(objects, "NetworkPolicy", "to-card-network").spec).toEqual({
    podSelector: {
      matchLabels: { "app.kubernetes.io/name": "order" },
      matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["service", "job"] }],
    },
    policyTypes: ["Egress"],
    egress: [{ to: [{ ipBlock: { cidr: "203.0.113.0/24" } }], ports: [{ protocol: "TCP", port: 443 }] }],
  });
  const blocks = (place: object) =>
    find(shop(place), "NetworkPolicy", "to-card-network").spec.egress[0].to.map(
      ({ ipBlock }: { ipBlock: { cidr: string } }) => ipBlock.cidr,
    );
  expect(blocks(addresses)).toEqual(["192.0.2.10/32", "192.0.2.11/32"]);
  expect(blocks({ ...addresses, addresses: ["2001:db8::1"] })).toEqual(["2001:db8::1/128"]);
});

test("a public external may be anywhere but in a private network", () => {
  const { to } = find(shop({ ...dns, subnets: "public" }), "NetworkPolicy", "to-card-network").spec.egress[0];
  expect(to).toEqual([
    {
      ipBlock: {
        cidr: "0.0.0.0/0",
        except: [
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.168.0.0/16",
        ],
      },
    },
    { ipBlock: { cidr: "::/0", except: ["::1/128", "fc00::/7", "fe80::/10"] } },
  ]);
});

test("the application is told where it is, what it may be asked, how long to wait and how often to try", () => {
  const told = (where: Environment) =>
    Object.fromEntries(
      find(shop(dns, where), "Deployment")
        .spec.template.spec.containers[0].env.filter(({ name }: { name: string }) =>
          name.startsWith("CARD_NETWORK"),
        )
        .map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
  expect(told(meshed)).toEqual({
    CARD_NETWORK_URL: "http://api.cards.example",
    CARD_NETWORK_PROTOCOL: "rest",
    CARD_NETWORK_REQUESTS: "GET /charges/{id}, POST /charges",
    CARD_NETWORK_TIMEOUT: "2000ms",
    CARD_NETWORK_ATTEMPTS: "1",
  });
  expect(told(environment)).toMatchObject({ CARD_NETWORK_URL: "https://api.cards.example" });
});

test("without a mesh there is the way through the network, and nothing else", () => {
  const objects = shop(dns, environment);
  expect(names(objects, "NetworkPolicy")).toContain("to-card-network");
  for (const kind of ["ServiceEntry", "DestinationRule", "VirtualService"])
    expect(names(objects, kind)).toEqual([]);
});

test("fixed addresses are asked whether they can serve, and that does not end a breaker's pause", () => {
  const patches = (place: object) =>
    find(shop(place), "EnvoyFilter", "to-card-network").spec.configPatches.slice(1);
  expect(patches(addresses)).toEqual([]);
  expect(patches({ ...addresses, healthCheck: "/health" })).toEqual([
    {
      applyTo: "CLUSTER",
      match: {
        context: "SIDECAR_OUTBOUND",
        cluster: { service: "card-network.dev-order.external" },
      },
      patch: {
        operation: "MERGE",
        value: {
          health_checks: [
            {
              timeout: "1s",
              interval: "10s",
              no_traffic_interval: "10s",
              unhealthy_threshold: 3,
              healthy_threshold: 1,
              http_health_check: { path: "/health", host: "cards.internal.example" },
            },
          ],
          outlier_detection: { successful_active_health_check_uneject_host: false },
        },
      },
    },
  ]);
});

test("who calls a Eureka server is told a Eureka client's settings, and registers its Service", () => {
  const eureka = external("eureka", { owner: "checkout", registry: "eureka" });
  const objects = rendered(order({ calls: () => [call(eureka.api)] }), {
    ...environment,
    externals: {
      eureka: {
        kind: "dns",
        host: "eureka.example",
        port: 8761,
        tls: { kind: "none" },
        subnets: ["192.0.2.0/24"],
      },
    },
  });
  expect(find(objects, "Deployment").spec.template.spec.containers[0].env).toEqual(
    expect.arrayContaining([
      { name: "EUREKA_CLIENT_SERVICEURL_DEFAULTZONE", value: "http://eureka.example:8761/eureka/" },
      { name: "EUREKA_INSTANCE_HOSTNAME", value: "order.dev-order.svc" },
      { name: "EUREKA_INSTANCE_PREFERIPADDRESS", value: "false" },
    ]),
  );
});
