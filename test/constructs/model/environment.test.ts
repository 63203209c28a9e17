import { expect, test } from "@jest/globals";
import { Duration, type Environment } from "../../../constructs/index.ts";
import { environments } from "../../../stacks/environments.ts";
import { environment, guarded, order, problems } from "../example.ts";

const wrong = (fields: object) => problems([order()], { ...environment, ...fields } as Environment);

test("MountainPass' own environments have no problem", () => {
  for (const where of Object.values(environments))
    expect(problems([order()], { ...where, sizing: {} })).toEqual([]);
});

test("a prefix leaves room for the service's name in a namespace", () => {
  expect(wrong({ namespacePrefix: "x".repeat(34) })).toEqual([
    `environment dev: namespacePrefix is ${"x".repeat(34)}, but must have at most 33 characters; shorten it`,
  ]);
  expect(wrong({ namespacePrefix: "Dev_" })).toEqual([
    "environment dev: namespacePrefix is Dev_, but must begin a DNS label; use lower-case letters, digits and dashes",
  ]);
});

test("a database without subnets would open the network, and is refused", () => {
  const stores = (subnets: string[]) => ({ stores: { postgres: { kind: "managed", subnets } } });
  expect(wrong(stores([]))).toEqual([
    "environment dev: stores.postgres.subnets is [], but must have at least one CIDR range; say where the database is",
  ]);
  expect(wrong(stores(["10.0.0.1"]))).toEqual([
    "environment dev: stores.postgres.subnets[0] is 10.0.0.1, but must be a CIDR range; write for example 10.42.64.0/20",
  ]);
});

test("a platform edge without ports or labels would open the network, and is refused", () => {
  const edge = { name: "dns", to: { namespace: "kube-system", podLabels: {} }, ports: [] };
  expect(wrong({ platformEdges: [edge] })).toEqual([
    "environment dev: platformEdges[0].to.podLabels is {}, but must have at least one label; say which pods",
    "environment dev: platformEdges[0].ports is [], but must have at least one port; say where the pods listen",
  ]);
});

test("what may ask every pod is said as narrowly, and each by a name of its own", () => {
  const caller = {
    name: "prometheus",
    from: { namespace: "monitoring", podLabels: { app: "prometheus" } },
    ports: [{ protocol: "TCP", port: 15090 }],
  };
  expect(wrong({ platformCallers: [caller] })).toEqual([]);
  expect(wrong({ platformCallers: [caller, caller] })).toEqual([
    expect.stringMatching(
      /^environment dev: platformCallers is .*, but must have names that differ; rename one$/,
    ),
  ]);
  expect(
    wrong({ platformCallers: [{ ...caller, from: { ...caller.from, podLabels: {} }, ports: [] }] }),
  ).toEqual([
    "environment dev: platformCallers[0].from.podLabels is {}, but must have at least one label; say which pods",
    "environment dev: platformCallers[0].ports is [], but must have at least one port; say where the pods listen",
  ]);
});

test("the images of tools are pinned where services' images are", () => {
  expect(problems([order()], { ...guarded, smokeTestImage: "images.example/busybox:1" })).toEqual([
    "environment production: smokeTestImage is images.example/busybox:1, but production takes pinned images only; write it with its @sha256: digest in stacks/images.production.json",
  ]);
});

test("durations keep to what the controllers take", () => {
  const after = { scaleDownStabilization: Duration.hours(2), keepBlue: Duration.seconds(5) };
  expect(wrong(after)).toEqual([
    "environment dev: scaleDownStabilization is 2 h, but must be whole seconds from 0 ms to 1 h; write for example Duration.seconds(30)",
    "environment dev: keepBlue is 5 s, but must be whole seconds from 30 s to 24 h; write for example Duration.seconds(30)",
  ]);
});
