import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  ApiReference,
  call,
  type Environment,
  external,
  get,
  type Manifest,
  postgres,
  type ResolvedService,
  render,
  resolve,
  rest,
  type Service,
} from "../../../../constructs/index.ts";
import { services as mountainPass } from "../../../../services/index.ts";
import { verificationText } from "../../../../stacks/delivery/graph/verification-text.ts";
import { isAsDeclared, type Verification, verify } from "../../../../stacks/delivery/graph/verify.ts";
import { environments } from "../../../../stacks/environments.ts";
import { environment, guarded, inMesh, meshed, order, other } from "../../../constructs/example.ts";
import { shops } from "./shops.ts";

interface Rendered {
  readonly services: readonly ResolvedService[];
  readonly objects: readonly Manifest[];
  readonly where: Environment;
}

function rendered(shop: readonly Service[], where: Environment): Rendered {
  const services = resolve(shop, where);
  return { services, objects: render(services).flatMap(({ manifests }) => manifests), where };
}

function verified(
  { services, objects, where }: Rendered,
  changed: readonly Manifest[] = objects,
): Verification {
  return verify(changed, services, where, objects);
}

/** What a person reads of differences. */
function said(shop: Rendered, changed: readonly Manifest[]): string[] {
  return verificationText("", verified(shop, changed))
    .split("\n")
    .filter((line) => line.startsWith("    "))
    .map((line) => line.trim());
}

const everywhere = Object.values(environments).flatMap((where) => [where, inMesh(where)]);

test.each(everywhere)("MountainPass in $name, $mesh.kind, is as it is declared", (where) => {
  const found = verified(rendered(mountainPass, where));
  expect(
    found.layers.map(({ openNotDeclared, declaredNotOpen }) => [openNotDeclared, declaredNotOpen]),
  ).toEqual(found.layers.map(() => [[], []]));
  expect([found.undecided, found.missing]).toEqual([[], []]);
  expect(found.layers).toHaveLength(where.mesh.kind === "istio" ? 4 : 2);
  for (const { declared } of found.layers) expect(declared).toBeGreaterThan(0);
});

const managed = inMesh(guarded);
const withStores = fc.constantFrom(
  meshed,
  { ...meshed, stores: managed.stores },
  { ...meshed, platformCallers: [] },
);

test("any shop is as it is declared, in a mesh and without one", () => {
  fc.assert(
    fc.property(shops, fc.oneof(withStores, fc.constant(environment)), (shop, where) => {
      expect(isAsDeclared(verified(rendered(shop, where)))).toBe(true);
    }),
  );
});

/** What lets through or holds back by itself; without the others something still runs, or does not. */
const guards = [
  "AuthorizationPolicy",
  "NetworkPolicy",
  "PeerAuthentication",
  "ServiceEntry",
  "Sidecar",
  "VirtualService",
];

/** What another object says as well: nothing is opened by its loss. */
function isSpare({ kind, metadata, spec }: Manifest, { platformCallers }: Environment): boolean {
  const { workloadSelector, egress } = spec as { workloadSelector?: object; egress?: { hosts: string[] }[] };
  // The Sidecar of pods that reach nothing says what that of their namespace says.
  if (kind === "Sidecar") return workloadSelector !== undefined && egress?.[0]?.hosts[0] === "~/*";
  // Who is admitted to every pod isolates every pod.
  return kind === "NetworkPolicy" && metadata.name === "default-deny" && platformCallers.length > 0;
}

test("the loss of any object that guards is found", () => {
  fc.assert(
    fc.property(shops, withStores, fc.nat(), (shop, where, pick) => {
      const all = rendered(shop, where);
      const candidates = all.objects.filter((one) => guards.includes(one.kind) && !isSpare(one, where));
      const lost = candidates[pick % candidates.length];
      const rest = all.objects.filter((object) => object !== lost);
      expect({ lost, found: !isAsDeclared(verified(all, rest)) }).toEqual({ lost, found: true });
    }),
    { numRuns: 300 },
  );
});

test("the loss of any pods that are called or call is found, and of any namespace in a mesh", () => {
  fc.assert(
    fc.property(shops, fc.nat(), (shop, pick) => {
      const all = rendered(shop, meshed);
      const candidates = all.objects.filter(({ kind }) => kind === "Namespace" || kind === "StatefulSet");
      const lost = candidates[pick % candidates.length];
      const rest = all.objects.filter((object) => object !== lost);
      expect({ lost, found: !isAsDeclared(verified(all, rest)) }).toEqual({ lost, found: true });
    }),
  );
});

const anyone = { namespaceSelector: {} };
const network = (name: string, spec: object) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name },
  spec,
});
const istio = (group: string, kind: string, name: string, spec: object) => ({
  apiVersion: `${group}.istio.io/v1`,
  kind,
  metadata: { name },
  spec,
});
function core(kind: string, name: string, spec: object): Manifest {
  return { apiVersion: "v1", kind, metadata: { name }, spec };
}
const principals = ["cluster.local/ns/elsewhere/sa/stranger"];

/** Objects each of which opens something in any namespace. */
const openers: Manifest[] = [
  network("all-in", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}] }),
  network("all-out", { podSelector: {}, policyTypes: ["Egress"], egress: [{}] }),
  network("all-pods-in", { podSelector: {}, ingress: [{ from: [anyone] }] }),
  network("a-team-in", {
    podSelector: {},
    ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "a" } } }] }],
  }),
  network("addresses-out", {
    podSelector: {},
    egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }],
  }),
  network("own-namespace-in", { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }),
  network("debug-in", {
    podSelector: {},
    ingress: [{ from: [{ podSelector: { matchLabels: { app: "debug" } } }] }],
  }),
  network("datagrams-in", {
    podSelector: {},
    ingress: [{ from: [{ podSelector: {} }], ports: [{ protocol: "UDP", port: 9 }] }],
  }),
  network("range-in", {
    podSelector: {},
    ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 1, endPort: 65535 }] }],
  }),
  istio("security", "AuthorizationPolicy", "allow-all", { rules: [{}] }),
  istio("security", "AuthorizationPolicy", "allow-stranger", {
    rules: [{ from: [{ source: { principals } }] }],
  }),
  istio("security", "AuthorizationPolicy", "allow-namespace", {
    rules: [{ from: [{ source: { namespaces: ["else*"] } }] }],
  }),
  istio("security", "AuthorizationPolicy", "allow-everybody", {
    rules: [{ from: [{ source: { principals: ["*"] } }] }],
  }),
  istio("security", "AuthorizationPolicy", "allow-some-time", {
    rules: [{ when: [{ key: "request.time" }] }],
  }),
  istio("security", "AuthorizationPolicy", "allow-but", {
    rules: [{ to: [{ operation: { notPaths: ["/admin"] } }] }],
  }),
  istio("security", "AuthorizationPolicy", "ask-another", { action: "CUSTOM", rules: [{}] }),
  istio("security", "PeerAuthentication", "permissive", { mtls: { mode: "PERMISSIVE" } }),
  istio("security", "PeerAuthentication", "a-port", {
    mtls: { mode: "STRICT" },
    portLevelMtls: { 3000: { mode: "DISABLE" } },
  }),
  istio("networking", "Sidecar", "open", { egress: [{ hosts: ["*/*"] }] }),
  istio("networking", "Sidecar", "platform", {
    outboundTrafficPolicy: { mode: "REGISTRY_ONLY" },
    egress: [{ hosts: ["kube-system/*"] }],
  }),
  istio("networking", "EnvoyFilter", "anything", { configPatches: [] }),
  { ...istio("networking", "Gateway", "door", {}), apiVersion: "gateway.networking.k8s.io/v1" },
  { ...network("door", {}), kind: "Ingress" },
  core("Service", "alias", { type: "ExternalName", externalName: "elsewhere.example" }),
  core("Service", "by-hand", { ports: [{ port: 80 }] }),
  core("Service", "no-selector", { selector: {}, ports: [{ port: 80 }] }),
  core("Service", "node-port", { type: "NodePort", selector: { app: "order" }, ports: [{ port: 80 }] }),
  core("Service", "hijack", {
    selector: { app: "order" },
    externalIPs: ["192.0.2.1"],
    ports: [{ port: 80 }],
  }),
  { ...core("Endpoints", "by-hand", {}), subsets: [{ addresses: [{ ip: "192.0.2.1" }] }] } as Manifest,
  {
    ...core("EndpointSlice", "by-hand", {}),
    apiVersion: "discovery.k8s.io/v1",
    endpoints: [{ addresses: ["192.0.2.1"] }],
  } as Manifest,
  core("Pod", "on-the-node", { hostNetwork: true, containers: [{ name: "agent" }] }),
  core("Pod", "as-the-sidecar", { securityContext: { runAsUser: 1337 }, containers: [{ name: "agent" }] }),
];

test.each(
  openers.map((opener) => [`${opener.kind} ${opener.metadata.name}`, opener] as const),
)("%s is found wherever it is added", (_, opener) => {
  fc.assert(
    fc.property(shops, fc.nat(), (shop, pick) => {
      const all = rendered(shop, meshed);
      const namespace = all.services[pick % all.services.length]?.namespace as string;
      const added = { ...opener, metadata: { ...opener.metadata, namespace } };
      expect(isAsDeclared(verified(all, [...all.objects, added]))).toBe(false);
    }),
    { numRuns: 10 },
  );
});

/** Order calls inventory, and payment is a stranger. */
const small = rendered(
  [
    order({
      calls: () => [call(new ApiReference("inventory"), { requests: ["GET /items/{sku}", "POST /items"] })],
    }),
    other("inventory", {
      api: rest({
        port: 3000,
        requests: { "GET /items/{sku}": {}, "POST /items": {}, "DELETE /items/{sku}": {} },
      }),
      database: postgres(),
    }),
    other("payment"),
  ],
  meshed,
);
const edge = "dev-order/order/service -> dev-inventory/inventory/service, port 3000";

function withObject(group: string, kind: string, namespace: string, spec: object): readonly Manifest[] {
  const added = istio(group, kind, "by-hand", spec);
  return [...small.objects, { ...added, metadata: { ...added.metadata, namespace } }];
}

function changed(
  kind: string,
  name: string,
  namespace: string,
  change: (spec: never) => unknown,
): readonly Manifest[] {
  return small.objects.map((object) =>
    object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace
      ? { ...object, spec: change(structuredClone(object.spec) as never) }
      : object,
  );
}

describe("a DENY policy", () => {
  const deny = (rules: object[]) =>
    withObject("security", "AuthorizationPolicy", "dev-inventory", {
      selector: { matchLabels: { "app.kubernetes.io/component": "service" } },
      action: "DENY",
      rules,
    });
  const by = (principal: string) => ({ from: [{ source: { principals: [principal] } }] });
  const operation = (one: object) => ({ to: [{ operation: one }] });

  test("takes away what it names", () => {
    expect(said(small, deny([operation({ methods: ["POST"] })]))).toEqual([
      `declared, not open: ${edge}, POST /items`,
    ]);
  });

  test("takes away whatever lies beneath a path", () => {
    expect(said(small, deny([operation({ paths: ["/items/*"] })]))).toEqual([
      `declared, not open: ${edge}, GET /items/{*}`,
    ]);
  });

  test("takes away a part, which is said", () => {
    expect(said(small, deny([operation({ methods: ["GET"], paths: ["/items/secret"] })]))).toEqual([
      `open, not declared: ${edge}, GET /items/{*} but GET /items/secret`,
      `declared, not open: ${edge}, GET /items/{*}`,
    ]);
  });

  test("of another caller, another port or another request takes nothing", () => {
    const rules = [
      by("cluster.local/ns/dev-payment/sa/payment"),
      operation({ ports: ["9090"] }),
      operation({ paths: ["/admin"] }),
    ];
    expect(said(small, deny(rules))).toEqual([]);
  });

  test("that nobody can decide takes nothing, and is told", () => {
    const found = said(small, deny([{ when: [{ key: "request.headers[x]", values: ["y"] }] }]));
    expect(found).toContain(
      "AuthorizationPolicy dev-inventory/by-hand: spec.rules[0].when is not understood",
    );
  });
});

describe("a VirtualService", () => {
  const host = (name: string) => `${name}.dev-${name}.svc.cluster.local`;

  test("that leads a known host elsewhere opens that way", () => {
    const elsewhere = changed("VirtualService", "to-inventory", "dev-order", (spec: { http: object[] }) => ({
      ...spec,
      http: [{ route: [{ destination: { host: host("payment") } }] }, ...spec.http],
    }));
    expect(said(small, elsewhere)).toEqual([
      "open, not declared: dev-order/order/service -> dev-payment/payment/service, port 3000",
      `declared, not open: ${edge}, GET /items/{*}`,
      `declared, not open: ${edge}, POST /items`,
    ]);
  });

  test("that mirrors opens that way as well", () => {
    const mirrored = changed("VirtualService", "to-inventory", "dev-order", (spec: { http: object[] }) => ({
      ...spec,
      http: spec.http.map((route, index) =>
        index === 0 ? { ...route, mirror: { host: host("payment") } } : route,
      ),
    }));
    expect(said(small, mirrored)).toEqual([
      expect.stringMatching(
        /^open, not declared: .* -> dev-payment\/payment\/service, port 3000, \w+ \/items/,
      ),
    ]);
  });

  test("that lost a route does not ask what is declared", () => {
    const lost = changed(
      "VirtualService",
      "to-inventory",
      "dev-order",
      (spec: { http: { name: string }[] }) => ({
        ...spec,
        http: spec.http.filter(({ name }) => name !== "POST /items"),
      }),
    );
    expect(said(small, lost)).toEqual([`declared, not open: ${edge}, POST /items`]);
  });

  test("of another regular expression is not taken for what is declared", () => {
    const loose = changed(
      "VirtualService",
      "to-inventory",
      "dev-order",
      (spec: { http: { name: string }[] }) => ({
        ...spec,
        http: spec.http.map((route) =>
          route.name.startsWith("GET")
            ? { ...route, match: [{ uri: { regex: "/(items|admin)/[^/]+" }, method: { exact: "GET" } }] }
            : route,
        ),
      }),
    );
    expect(said(small, loose)).toEqual([
      `open, not declared: ${edge}, GET regex:/(items|admin)/[^/]+`,
      `declared, not open: ${edge}, GET /items/{*}`,
    ]);
  });

  test("of a host that the caller's proxy does not take from there counts for nothing", () => {
    const ignored = withObject("networking", "VirtualService", "dev-payment", {
      hosts: [host("inventory")],
      http: [{ route: [{ destination: { host: host("payment") } }] }],
    });
    expect(said(small, ignored)).toEqual([]);
  });

  test("that rewrites cannot be decided", () => {
    const rewriting = changed("VirtualService", "to-inventory", "dev-order", (spec: { http: object[] }) => ({
      ...spec,
      http: spec.http.map((route) => ({ ...route, rewrite: { uri: "/admin" } })),
    }));
    expect(said(small, rewriting)).toContain(
      "VirtualService dev-order/to-inventory: spec.http[0].rewrite is not understood",
    );
  });
});

describe("pods that somebody adds", () => {
  const pod = (more: object, labels = {}) => [
    ...small.objects,
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: "agent", namespace: "dev-payment" },
      spec: {
        template: {
          metadata: { labels },
          spec: { serviceAccountName: "agent", containers: [{ name: "agent" }], ...more },
        },
      },
    },
  ];

  test("and that reach nothing are no difference", () => {
    expect(said(small, pod({}))).toEqual([]);
  });

  test("in the network of their node are beyond every policy", () => {
    expect(said(small, pod({ hostNetwork: true }))).toContain(
      "open, not declared: dev-payment/agent/DaemonSet -> anywhere, any port",
    );
  });

  test.each([
    ["all of them", { securityContext: { runAsUser: 1337 } }],
    ["by their group", { securityContext: { runAsGroup: 1337 } }],
    ["one container", { containers: [{ name: "agent", securityContext: { runAsUser: 1337 } }] }],
    ["one that comes first", { initContainers: [{ name: "first", securityContext: { runAsUser: 1337 } }] }],
  ])("under the user of the sidecar send past it, %s", (_, spec) => {
    expect(said(small, pod(spec))).toEqual([
      "open, not declared: dev-payment/agent/DaemonSet -> anywhere, any port",
    ]);
    expect(said(small, pod({ securityContext: { runAsUser: 1338, runAsGroup: 1338 } }))).toEqual([]);
  });

  test("by a kind that nobody has heard of are found all the same", () => {
    const experiment: Manifest = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Experiment",
      metadata: { name: "canary", namespace: "dev-payment" },
      spec: {
        templates: [
          {
            name: "canary",
            template: {
              metadata: { annotations: { "sidecar.istio.io/inject": "false" } },
              spec: { containers: [{ name: "canary" }] },
            },
          },
        ],
      },
    };
    expect(said(small, [...small.objects, experiment])).toEqual([
      "open, not declared: dev-payment/canary/Experiment -> anywhere, any port",
      "open, not declared: anyone -> dev-payment/canary/Experiment, any port",
    ]);
  });

  test("without a sidecar are told", () => {
    expect(said(small, pod({}, { "sidecar.istio.io/inject": "false" }))).toEqual([
      "open, not declared: dev-payment/agent/DaemonSet -> anywhere, any port",
      "open, not declared: anyone -> dev-payment/agent/DaemonSet, any port",
    ]);
  });

  test("under the labels and the name of others do not hide behind these", () => {
    const labels = { "app.kubernetes.io/name": "order", "app.kubernetes.io/component": "service" };
    const named = pod({}, labels).map((object) =>
      object.kind === "DaemonSet"
        ? { ...object, metadata: { name: "agent", namespace: "dev-order" } }
        : object,
    );
    expect(said(small, named)).toEqual([]);
    const inside = withObject("security", "AuthorizationPolicy", "dev-inventory", {
      rules: [{ from: [{ source: { principals: ["cluster.local/ns/dev-order/sa/agent"] } }] }],
    });
    expect(said(small, [...inside, named.at(-1) as Manifest])).toContain(
      "open, not declared: dev-order/order/service -> dev-inventory/inventory/service, any port",
    );
  });
});

describe("an external", () => {
  const cards = external("card-network", {
    owner: "checkout",
    requests: { "POST /charges": {}, "GET /charges/{id}": {} },
  });
  const sms = external("sms", { owner: "checkout" });
  const caller = order({
    jobs: { nightly: { schedule: "0 3 * * *", args: ["job"] } },
    calls: () => [call(cards.api, { requests: ["POST /charges"] }), call(sms.api)],
  });
  const placed = (where: Environment): Environment => ({
    ...where,
    externals: {
      "card-network": {
        kind: "dns",
        host: "api.cards.example",
        port: 443,
        tls: { kind: "simple" },
        subnets: "public",
      },
      sms: { kind: "addresses", addresses: ["192.0.2.10", "192.0.2.11"], port: 8080, tls: { kind: "none" } },
    },
  });

  test.each([placed(meshed), placed(environment)])("is open as it is declared, with $mesh.kind", (where) => {
    const shop = rendered([caller], where);
    expect(said(shop, shop.objects)).toEqual([]);
  });

  const shop = rendered([caller], placed(meshed));
  const ways = shop.objects.filter(
    ({ kind, metadata }) => guards.includes(kind) && /^to[.-](card-network|sms)$/.test(metadata.name),
  );

  test.each(
    ways.map((lost) => [`${lost.kind} ${lost.metadata.name}`, lost] as const),
  )("is told when its %s is lost", (_, lost) => {
    expect(
      said(
        shop,
        shop.objects.filter((object) => object !== lost),
      ),
    ).not.toEqual([]);
  });

  test("that is asked more than is declared is told", () => {
    const wider = shop.objects.map((object) =>
      object.kind === "VirtualService" && object.metadata.name === "to-card-network"
        ? {
            ...object,
            spec: {
              ...(object.spec as object),
              http: [{ route: [{ destination: { host: "api.cards.example", port: { number: 80 } } }] }],
            },
          }
        : object,
    );
    expect(said(shop, wider)).toEqual([
      "open, not declared: dev-order/order/service -> api.cards.example, port 80",
      "open, not declared: dev-order/order/job -> api.cards.example, port 80",
    ]);
  });
});

describe("a gateway", () => {
  const shop = rendered(
    [order({ api: rest({ port: 3000, requests: { "GET /orders": {} }, public: ["GET /orders"] }) })],
    meshed,
  );
  const bound = (gateway: string) =>
    shop.objects.map((object) =>
      object.kind === "VirtualService"
        ? { ...object, spec: { ...(object.spec as object), gateways: [gateway] } }
        : object,
    );

  test("that is declared leads where it is declared", () => {
    expect(said(shop, shop.objects)).toEqual([]);
  });

  test("that is another one is told", () => {
    expect(said(shop, bound("istio-ingress/other"))).toEqual([
      "open, not declared: gateway istio-ingress/other -> dev-order/order/service, port 3000, GET /orders",
      "declared, not open: gateway istio-ingress/shop -> dev-order/order/service, port 3000, GET /orders",
    ]);
  });
});

test("a port by its name is the pod's own", () => {
  const named = changed("NetworkPolicy", "from-order", "dev-inventory", (spec: { ingress: object[] }) => ({
    ...spec,
    ingress: spec.ingress.map((rule) => ({ ...rule, ports: [{ protocol: "TCP", port: "http" }] })),
  }));
  expect(said(small, named)).toEqual([]);
});

test("pods that are gone are named, and what leads to them is not", () => {
  const gone = small.objects.filter(({ kind }) => kind !== "StatefulSet");
  expect(verified(small, gone).missing).toEqual(["dev-inventory/inventory/database"]);
  expect(said(small, gone).filter((line) => line.startsWith("declared"))).toEqual([]);
});

test("a smoke test that may ask more than it does is told", () => {
  const tested = rendered(
    [order({ rollout: { kind: "blue-green", smokeTest: [get("/health/ready"), get("/orders?page=1")] } })],
    meshed,
  );
  const wider = tested.objects.map((object) => {
    if (object.kind !== "AuthorizationPolicy" || object.metadata.name !== "service-from-smoke-test")
      return object;
    const spec = structuredClone(object.spec) as { rules: [{ to: { operation: { paths: string[] } }[] }] };
    spec.rules[0].to[1]?.operation.paths.push("/*");
    return { ...object, spec };
  });
  expect(said(tested, wider)).toEqual([
    "open, not declared: dev-order/order/smoke-test -> dev-order/order/service, port 3000, GET /*",
  ]);
});

test("whoever is open to everybody is said once", () => {
  const plain = small.objects.filter(({ kind }) => kind !== "PeerAuthentication");
  expect(said(small, plain).sort()).toEqual(
    [
      "order/order/service",
      "order/*",
      "inventory/inventory/service",
      "inventory/inventory/database",
      "inventory/*",
      "payment/payment/service",
      "payment/*",
    ]
      .map((to) => `open, not declared: anyone -> dev-${to}, any port`)
      .sort(),
  );
});

describe("pods of the kit's own that somebody changes", () => {
  /** The small shop with other pods of payment. */
  const podsOfPayment = (change: (template: Template) => Template) =>
    changed("Deployment", "payment", "dev-payment", (spec: { template: Template }) => ({
      ...spec,
      template: change(spec.template),
    }));
  interface Template {
    readonly metadata: object;
    readonly spec: object;
  }
  const annotated = (name: string) => (template: Template) => ({
    ...template,
    metadata: { ...template.metadata, annotations: { [name]: "x" } },
  });
  const with_ = (more: object) => (template: Template) => ({
    ...template,
    spec: { ...template.spec, ...more },
  });
  const payment = "dev-payment/payment/service";

  test.each([
    "traffic.sidecar.istio.io/excludeInboundPorts",
    "traffic.sidecar.istio.io/excludeOutboundIPRanges",
    "sidecar.istio.io/interceptionMode",
    "sidecar.istio.io/bootstrapOverride",
    "inject.istio.io/templates",
    "proxy.istio.io/config",
  ])("are told by the annotation %s", (name) => {
    expect(said(small, podsOfPayment(annotated(name)))).toEqual([
      `Deployment dev-payment/payment: the annotation ${name} may lead past the sidecar`,
    ]);
  });

  test("are not told by an annotation that leads nowhere", () => {
    expect(said(small, podsOfPayment(annotated("sidecar.istio.io/proxyCPU")))).toEqual([]);
  });

  test("are told by the annotation also where a patch of the description has put it", () => {
    const objects = podsOfPayment(annotated("traffic.sidecar.istio.io/includeOutboundPorts"));
    expect(verified({ ...small, objects }).undecided).toEqual([
      "Deployment dev-payment/payment: the annotation traffic.sidecar.istio.io/includeOutboundPorts may lead past the sidecar",
    ]);
  });

  test("are told where their sidecar is switched off", () => {
    const off = podsOfPayment((template) => ({
      ...template,
      metadata: { ...template.metadata, annotations: { "sidecar.istio.io/inject": "false" } },
    }));
    expect(said(small, off)).toContain(`open, not declared: anyone -> ${payment}, any port`);
  });

  test("are told in the network of their node, and under the user of the sidecar", () => {
    const anywhere = `open, not declared: ${payment} -> anywhere, any port`;
    expect(said(small, podsOfPayment(with_({ hostNetwork: true })))).toContain(anywhere);
    expect(said(small, podsOfPayment(with_({ securityContext: { runAsUser: 1337 } })))).toEqual([anywhere]);
  });

  test.each([
    ["traffic.sidecar.istio.io/excludeOutboundPorts"],
    ["sidecar.istio.io/interceptionMode"],
  ])("are told by the annotation %s of a smoke test", (name) => {
    const tested = rendered(
      [order({ rollout: { kind: "blue-green", smokeTest: [get("/health/ready")] } })],
      meshed,
    );
    const past = tested.objects.map((object) => {
      if (object.kind !== "AnalysisTemplate") return object;
      const spec = structuredClone(object.spec) as {
        metrics: { provider: { job: { spec: { template: Template } } } }[];
      };
      const job = spec.metrics[0]?.provider.job as { spec: { template: Template } };
      job.spec.template = annotated(name)(job.spec.template);
      return { ...object, spec };
    });
    expect(said(tested, past)).toEqual([
      expect.stringMatching(
        `^AnalysisTemplate dev-order/.*: the annotation ${name} may lead past the sidecar$`,
      ),
    ]);
  });
});

test("a Service that leads elsewhere than to its pods is told", () => {
  const alias = changed("Service", "inventory", "dev-inventory", (spec: object) => ({
    ...spec,
    type: "ExternalName",
    externalName: "elsewhere.example",
  }));
  expect(said(small, alias)).toEqual([
    "Service dev-inventory/inventory: spec.type ExternalName is not understood",
    "Service dev-inventory/inventory: spec.externalName is not understood",
  ]);
  const open = changed(
    "Service",
    "inventory",
    "dev-inventory",
    ({ selector: _, ...spec }: { selector: object }) => spec,
  );
  expect(said(small, open)).toContain(
    "Service dev-inventory/inventory: without spec.selector its endpoints may be anywhere",
  );
});

test.each([
  ["v1", "Endpoints"],
  ["discovery.k8s.io/v1", "EndpointSlice"],
])("addresses of a Service by hand are told: %s %s", (apiVersion, kind) => {
  const byHand = { apiVersion, kind, metadata: { name: "inventory", namespace: "dev-inventory" } };
  expect(said(small, [...small.objects, byHand as Manifest])).toEqual([
    `${kind} dev-inventory/inventory: no layer reads this kind`,
  ]);
});
