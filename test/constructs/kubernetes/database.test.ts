import { expect, test } from "@jest/globals";
import { postgres, Size } from "../../../constructs/index.ts";
import { find, guarded, names, order, rendered } from "../example.ts";

const described = order({ database: postgres({ size: Size.gibibytes(2) }) });
const own = rendered(described);
const managed = rendered(described, guarded);

test("a StatefulSet has one pod, its own volume, its own identity", () => {
  const { spec } = find(own, "StatefulSet");
  expect(spec).toMatchObject({ serviceName: "order-database", replicas: 1 });
  expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe("2048Mi");
  expect(spec.template.spec.serviceAccountName).toBe("order-database");
  expect(find(own, "Service", "order-database").spec.clusterIP).toBe("None");
});

test("only its service's pods reach the database", () => {
  const { spec } = find(own, "NetworkPolicy", "database-from-service");
  expect(spec.ingress).toHaveLength(1);
  expect(spec.ingress[0].from[0].podSelector.matchExpressions[0].values).toEqual(["service", "job"]);
  expect(spec.ingress[0].ports).toEqual([{ protocol: "TCP", port: 5432 }]);
});

test("a managed database is a way out to its subnets, and nothing in the cluster", () => {
  expect(names(managed, "StatefulSet")).toEqual([]);
  expect(find(managed, "NetworkPolicy", "service-to-database").spec.egress).toEqual([
    {
      to: [{ ipBlock: { cidr: "10.0.0.0/24" } }, { ipBlock: { cidr: "10.0.1.0/24" } }],
      ports: [{ protocol: "TCP", port: 5432 }],
    },
  ]);
});

test("the binding is mounted under SERVICE_BINDING_ROOT, and is no manifest", () => {
  const [container] = find(own, "Deployment").spec.template.spec.containers;
  expect(container.env).toContainEqual({ name: "SERVICE_BINDING_ROOT", value: "/bindings" });
  expect(container.volumeMounts).toContainEqual({
    name: "database-binding",
    mountPath: "/bindings/database",
    readOnly: true,
  });
  expect(names(own, "Secret")).toEqual([]);
});

test("the password is generated where the database is our own, and everywhere in the binding the same", () => {
  const [secret] = own.secrets;
  expect(secret).toMatchObject({
    name: "order-database",
    namespace: "dev-order",
    type: "servicebinding.io/postgresql",
  });
  const payload = secret?.generate?.("p/ss word");
  expect(Object.keys(payload ?? {})).toEqual(secret?.keys);
  expect(payload).toEqual({
    type: "postgresql",
    provider: "pressurevalve",
    host: "order-database.dev-order.svc",
    port: "5432",
    database: "order",
    username: "order",
    password: "p/ss word",
    uri: "postgresql://order:p%2Fss%20word@order-database.dev-order.svc:5432/order",
  });
});

test("a managed database brings its certificates, and its Secret is filled by others", () => {
  expect(managed.secrets[0]?.keys).toContain("certificates");
  expect(managed.secrets[0]?.generate).toBeUndefined();
});
