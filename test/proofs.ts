import {
  ApiReference,
  call,
  Duration,
  type Environment,
  external,
  graphql,
  grpc,
  JsonPatch,
  rest,
  type Service,
  service,
} from "../constructs/index.ts";
import { services } from "../services/index.ts";
import { payment } from "../services/payment.ts";
import { environments } from "../stacks/environments.ts";
import { inMesh } from "./constructs/example.ts";
import { acceptedShops } from "./constructs/mutations.ts";

/** Services and where they go, which a test puts before something real. */
export interface ProvenShop {
  readonly services: readonly Service[];
  readonly environment: Environment;
}

/** What a test shows of every field that its shops set. */
interface Proof {
  readonly level: string;
  readonly meaning: string;
  /** The test, which takes its shops from here. */
  readonly test: string;
  readonly shops: () => readonly ProvenShop[];
}

/** MountainPass as `npm start` deploys it. */
export const deployedShop: ProvenShop = { services, environment: environments.dev };

/** MountainPass as each environment has it. */
export const everyEnvironment: readonly ProvenShop[] = Object.values(environments).map((environment) => ({
  services,
  environment,
}));

/** MountainPass with a change that its descriptions have no word for. */
export const patchedShop: ProvenShop = {
  services: services.map((one) => (one === payment ? patched(one) : one)),
  environment: environments.staging,
};

function patched({ name, description }: Service): Service {
  const operations = [JsonPatch.replace("/spec/template/spec/terminationGracePeriodSeconds", 90)];
  const reason = "the card terminal keeps its connection for a minute";
  return service(name, { ...description, patches: [{ kind: "Deployment", name, reason, operations }] });
}

/** MountainPass where the policies allow less, and allow one object more until a day. */
export const judgedShop: ProvenShop = {
  services,
  environment: {
    ...environments.production,
    policies: {
      level: "mandatory",
      levels: { "route-timeout": "advisory", backups: "disabled", privileged: "mandatory" },
      parameters: {
        registries: ["registry.mountainpass.example/"],
        minReplicas: 2,
        mostReplicas: 50,
        mostRetries: 2,
        mostCpu: "8",
        mostMemory: "16Gi",
        mostStorage: "100Gi",
      },
      exemptions: [
        {
          rule: "bounded-replicas",
          object: { kind: "HorizontalPodAutoscaler", namespace: "production-order", name: "order" },
          owner: "checkout",
          reason: "Black Friday",
          expires: "2999-01-01",
        },
      ],
    },
  },
};

/** Services in a mesh that say all that a mesh keeps to: one of each kind of API, and one that calls them. */
export const meshedShop: ProvenShop = {
  services: [...meshedCallees(), meshedCaller()],
  environment: inMesh({
    ...environments.dev,
    sizing: {},
    externals: {
      "card-network": {
        kind: "dns",
        host: "api.cards.example",
        port: 443,
        tls: { kind: "simple", serverName: "cards.example" },
        subnets: ["203.0.113.0/24"],
      },
      courier: {
        kind: "dns",
        host: "courier.example",
        port: 8080,
        tls: { kind: "none" },
        subnets: "public",
      },
      "legacy-stock": {
        kind: "addresses",
        addresses: ["192.0.2.10", "192.0.2.11"],
        port: 8443,
        tls: { kind: "simple", serverName: "stock.example" },
        healthCheck: "/health",
      },
      eureka: {
        kind: "dns",
        host: "eureka.example",
        port: 8761,
        tls: { kind: "none" },
        subnets: ["192.0.2.0/24"],
      },
      "fax-gateway": { kind: "addresses", addresses: ["192.0.2.20"], port: 8080, tls: { kind: "none" } },
    },
    rehearsals: [
      {
        from: "order",
        to: "inventory",
        requests: ["GET /items/{sku}"],
        abort: { httpStatus: 503, share: 0.1 },
        delay: { fixedDelay: Duration.seconds(2), share: 0.5 },
      },
    ],
    consul: { inventory: { name: "stock", tags: ["v1", "shop"] } },
  }),
};

/** What the shop calls outside, once by each kind of place. */
const outside = [
  external("card-network", {
    owner: "payments",
    callers: ["checkout"],
    requests: { "POST /charges": { idempotent: true } },
    concurrency: 20,
    circuitBreaker: { consecutive5xxErrors: 3, baseEjectionTime: Duration.seconds(10) },
    retryBudget: 0.1,
  }),
  external("eureka", { owner: "checkout", registry: "eureka" }),
  ...["courier", "legacy-stock", "fax-gateway"].map((name) => external(name, { owner: "checkout" })),
];

function meshedCallees(): Service[] {
  const said = {
    callers: ["checkout"],
    concurrency: 40,
    deadline: Duration.millis(300),
    circuitBreaker: { consecutive5xxErrors: 3, baseEjectionTime: Duration.seconds(10) },
    retryBudget: 0.1,
    warmup: Duration.seconds(60),
  };
  const requests = {
    "GET /items": { importance: "sheddable" },
    "GET /items/{sku}": { importance: "normal" },
    "POST /reservations": { idempotent: true, importance: "critical" },
  } as const;
  const methods = {
    "shop.payment.v1.Payment/GetCharge": { idempotent: true, importance: "critical" },
    "shop.payment.v1.Payment/WatchCharges": { streaming: true },
    "shop.payment.v1.Payment/ListCharges": { importance: "sheddable" },
    "shop.payment.v1.Payment/Charge": { importance: "normal" },
  } as const;
  return [
    service("inventory", { owner: "warehouse", api: rest({ port: 3000, requests, ...said }) }),
    service("payment", { owner: "finance", api: grpc({ port: 4000, requests: methods, ...said }) }),
    service("catalogue", {
      owner: "warehouse",
      image: "inventory",
      api: graphql({ port: 4000, path: "/query", public: ["POST /query"], ...said }),
    }),
  ];
}

function meshedCaller(): Service {
  return service("order", {
    owner: "checkout",
    api: rest({ port: 3000 }),
    calls: () => [
      call(new ApiReference("inventory"), {
        requests: ["GET /items/{sku}"],
        timeout: Duration.millis(300),
        attempts: 2,
        degraded: { status: 203, body: { stock: "unknown" } },
      }),
      call(new ApiReference("inventory"), {
        requests: ["GET /items"],
        timeout: Duration.millis(300),
        degraded: { status: 200, body: [] },
      }),
      call(new ApiReference("inventory"), { requests: ["POST /reservations"], timeout: Duration.seconds(1) }),
      ...outside.map(({ api }) => call(api)),
      call(new ApiReference("payment"), { requests: ["shop.payment.v1.Payment/GetCharge"], attempts: 2 }),
      call(new ApiReference("payment"), { requests: ["shop.payment.v1.Payment/WatchCharges"] }),
      call(new ApiReference("catalogue"), { attempts: 2 }),
    ],
  });
}

/** Shops out of descriptions and environments that were changed at random, always the same ones. */
export const changedShops = () => acceptedShops(200);

/** From the strongest to the weakest; the field reference prints, per field, the first that holds. */
export const proofs: readonly Proof[] = [
  {
    level: "run on the local cluster",
    meaning:
      "a service or an environment that sets it was deployed there and became healthy; that the field does what it says is for the tests of its concern",
    test: "test/e2e/start.ts",
    shops: () => [deployedShop],
  },
  {
    level: "accepted by a real API server",
    meaning:
      "a strict server-side dry run took every object that was rendered with it set; no service of MountainPass runs with it",
    test: "test/e2e/acceptance.ts",
    shops: () => [...everyEnvironment, patchedShop, ...changedShops()],
  },
  {
    level: "held against Istio's schemas",
    meaning:
      "the published schemas took every object that was rendered with it set; what Istio and Envoy were seen to do with it stands in the decisions",
    test: "test/constructs/schemas.test.ts",
    shops: () => [meshedShop],
  },
  {
    level: "changes a verdict",
    meaning: "with it set, the policies say something else of MountainPass than without",
    test: "test/stacks/delivery/policies/judgement.test.ts",
    shops: () => [judgedShop],
  },
];
