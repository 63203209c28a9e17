import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type Api,
  ApiReference,
  call,
  type Environment,
  type Gateway,
  type Manifest,
  render,
  resolve,
  rest,
  type Service,
  type ServiceDescription,
  service,
} from "../../../../constructs/index.ts";
import { services as mountainPass } from "../../../../services/index.ts";
import { gatewayPods } from "../../../../stacks/delivery/graph/pods.ts";
import { type LayerName, reachability, type Way } from "../../../../stacks/delivery/graph/reachability.ts";
import { environments } from "../../../../stacks/environments.ts";
import { inMesh, meshed } from "../../../constructs/example.ts";
import { names, shops } from "./shops.ts";

const everything = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].map(
  (method) => `${method} /*`,
);

/** What an API is asked by whoever names nothing. */
function everythingOf(api: Api): string[] {
  if (api.kind === "graphql") return ["GET /graphql", "POST /graphql"];
  return api.kind === "grpc" ? ["POST /*"] : everything;
}

/** The graph as the descriptions have it, in the words of `reachability`. */
function described(shop: readonly Service[], { namespacePrefix, stores, gateway }: Environment): Way[] {
  return shop.flatMap(({ name, description }) => {
    const pods = (component: string, of = name) => `${namespacePrefix}${of}/${of}/${component}`;
    const jobs = Object.keys(description.jobs ?? {}).length > 0 ? ["job"] : [];
    const { database, rollout } = description;
    const users = ["service", ...jobs, ...(database?.migrations ? ["migration"] : [])];
    return [
      ...["service", ...jobs].flatMap((component) =>
        // Several calls of one callee are one way.
        [...Map.groupBy(description.calls?.() ?? [], ({ api }) => api.service)].map(([name, calls]) => {
          const callee = shop.find((one) => one.name === name)?.description.api as Api;
          return {
            from: pods(component),
            to: pods("service", name),
            port: String(callee.port),
            requests: calls.flatMap(({ requests }) => requests?.map(pattern) ?? everythingOf(callee)).sort(),
          };
        }),
      ),
      ...fromOutside(description, gateway).map((way) => ({ ...way, to: pods("service") })),
      ...(database && stores.postgres.kind === "statefulset"
        ? users.map((user) => ({ from: pods(user), to: pods("database"), port: "5432", requests: ["any"] }))
        : []),
      ...(rollout?.kind === "blue-green" && (rollout.smokeTest ?? []).length > 0
        ? [
            {
              from: pods("smoke-test"),
              to: pods("service"),
              port: String(description.api.port),
              requests: [
                ...new Set(rollout.smokeTest?.map(({ path }) => `GET ${path.replace(/\?.*/, "")}`)),
              ].sort(),
            },
          ]
        : []),
    ];
  });
}

/** A request as an AuthorizationPolicy spells it; a gRPC method is a POST at its path. */
const pattern = (request: string) =>
  request.includes(" ") ? request.replace(/\{\w+\}/, "{*}") : `POST /${request}`;

/** What the world may ask of a service, where there is a way in. */
function fromOutside({ api }: ServiceDescription, gateway: Gateway): Omit<Way, "to">[] {
  if (gateway.kind === "none" || api.kind !== "rest" || api.public === undefined) return [];
  const requests = api.public.map(pattern).sort();
  return [{ from: `gateway ${gateway.gateway}`, port: String(api.port), requests }];
}

/** What is open in an environment, from its gateway as well. */
const open = (shop: readonly Service[], where: Environment, layers?: readonly LayerName[]) =>
  reachability(objectsOf(shop, where), layers, gatewayPods(where.gateway));

const objectsOf = (shop: readonly Service[], where: Environment) =>
  render(resolve(shop, where)).flatMap(({ manifests }) => manifests);

const spelled = (ways: readonly Way[]) =>
  ways.map(({ from, to, port, requests }) => `${from} -> ${to}:${port} ${requests.join(", ")}`).sort();

/** Without what is asked, which only the callee's proxy knows. */
const ends = (ways: readonly Way[]) => spelled(ways.map((way) => ({ ...way, requests: [] })));

test("what the finished objects leave open is the call graph, and nothing besides", () => {
  fc.assert(
    fc.property(shops, (shop) => {
      expect(spelled(open(shop, meshed))).toEqual(spelled(described(shop, meshed)));
    }),
  );
});

test.each(["network", "sidecar"] as const)("the %s alone leaves the same ends open", (layer) => {
  fc.assert(
    fc.property(shops, (shop) => {
      expect(ends(open(shop, meshed, [layer]))).toEqual(ends(described(shop, meshed)));
    }),
  );
});

test("authorization alone leaves the same open, as far as identities can be told apart", () => {
  // The service, its migration and its jobs are one ServiceAccount.
  const identity = (way: Way) => ({ ...way, from: way.from.replace(/(migration|job)$/, "service") });
  const distinct = (ways: readonly Way[]) => [...new Set(spelled(ways.map(identity)))];
  fc.assert(
    fc.property(shops, (shop) => {
      // A pod that is alone in its identity is no way to itself.
      const graph = distinct(described(shop, meshed));
      expect(distinct(open(shop, meshed, ["authorization"]))).toEqual(graph);
    }),
  );
});

describe.each(Object.values(environments))("MountainPass in $name", (environment) => {
  test("is as reachable in a mesh as it is described", () => {
    const where = inMesh(environment);
    expect(spelled(open(mountainPass, where))).toEqual(spelled(described(mountainPass, where)));
  });
});

/** Two services of which one calls the other, and a third that is a stranger. */
const [order, inventory, payment] = names.map((name) =>
  service(name, {
    owner: "checkout",
    api: rest({ port: 3000 }),
    ...(name === "order" && { calls: () => [call(new ApiReference("inventory"))] }),
  }),
) as [Service, Service, Service];

describe("an object that is changed opens a way", () => {
  const objects = objectsOf([order, inventory, payment], meshed);
  const graph = spelled(reachability(objects));
  const opened = (layer: LayerName, change: (objects: readonly Manifest[]) => readonly Manifest[]) =>
    ends(reachability(change(objects), [layer])).filter(
      (way) => !ends(reachability(objects, [layer])).includes(way),
    );
  const without = (kind: string, namespace: string, name: string) => (all: readonly Manifest[]) => {
    const rest = all.filter(
      (one) => one.kind !== kind || one.metadata.namespace !== namespace || one.metadata.name !== name,
    );
    expect(rest).toHaveLength(all.length - 1);
    return rest;
  };
  const way = "dev-payment/payment/service -> dev-inventory/inventory/service:any ";

  test("there is one way to begin with", () => {
    expect(graph).toEqual([
      `dev-order/order/service -> dev-inventory/inventory/service:3000 ${everything.join(", ")}`,
    ]);
  });

  test("plain text is taken", () => {
    expect(opened("authorization", without("PeerAuthentication", "dev-inventory", "default"))).toContain(way);
  });

  test("the namespace has no sidecars", () => {
    const plain = (all: readonly Manifest[]) =>
      all.map((one) =>
        one.kind === "Namespace" ? { ...one, metadata: { ...one.metadata, labels: {} } } : one,
      );
    expect(opened("authorization", plain)).toContain(way);
  });

  test("nothing denies", () => {
    const gone = (all: readonly Manifest[]) =>
      without(
        "AuthorizationPolicy",
        "dev-inventory",
        "from-order",
      )(without("AuthorizationPolicy", "dev-inventory", "default-deny")(all));
    expect(opened("authorization", gone)).toContain(way);
  });

  test("a Sidecar is gone, and with it the one of its namespace", () => {
    const gone = (all: readonly Manifest[]) =>
      without("Sidecar", "dev-payment", "service")(without("Sidecar", "dev-payment", "default")(all));
    expect(opened("sidecar", gone)).toContain(way);
  });

  test("a Sidecar may send anywhere", () => {
    const anywhere = (all: readonly Manifest[]) =>
      all.map((one) => (one.kind === "Sidecar" ? { ...one, spec: { egress: [{ hosts: ["*/*"] }] } } : one));
    expect(opened("sidecar", anywhere)).toContain(way);
  });

  test("no NetworkPolicy stands at either end", () => {
    const gone = (all: readonly Manifest[]) => all.filter(({ kind }) => kind !== "NetworkPolicy");
    expect(opened("network", gone)).toContain(way);
  });
});
