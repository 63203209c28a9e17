import { expect, test } from "@jest/globals";
import { environment, meshed, order, problems } from "../example.ts";

const wherein = (gateway: unknown) => problems([order()], { ...meshed, gateway } as never);

test("an environment says where the world comes in, and how its services know it", () => {
  expect(wherein({ kind: "none" })).toEqual([]);
  expect(wherein({ ...meshed.gateway, host: "shop.mountainpass.example" })).toEqual([]);
  expect(wherein({ ...meshed.gateway, host: "http://shop" })).toEqual([
    "environment dev: gateway.host is http://shop, but must be a host name or *; write for example shop.mountainpass.example",
  ]);
  expect(wherein({ ...meshed.gateway, gateway: "shop" })).toEqual([
    "environment dev: gateway.gateway is shop, but must be a namespace and a name; write for example istio-ingress/shop",
  ]);
  expect(wherein({ ...meshed.gateway, pods: { namespace: "istio-ingress", podLabels: {} } })).toEqual([
    "environment dev: gateway.pods.podLabels is {}, but must have at least one label; say which pods",
  ]);
});

test("a gateway of the mesh is nothing without it", () => {
  expect(problems([order()], { ...environment, gateway: meshed.gateway })).toEqual([
    'environment dev: gateway.kind is istio, but mesh.kind is none; set gateway: { kind: "none" }, or mesh: { kind: "istio", trustDomain: "cluster.local" }',
  ]);
});
