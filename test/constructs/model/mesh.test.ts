import { expect, test } from "@jest/globals";
import { environment, meshed, order, problems } from "../example.ts";

test("an environment says whether there is a mesh, and whose identities it signs", () => {
  const wherein = (mesh: unknown) =>
    problems([order()], { ...meshed, gateway: { kind: "none" }, mesh } as never);
  expect(wherein({ kind: "none" })).toEqual([]);
  expect(wherein({ kind: "istio", trustDomain: "cluster.local" })).toEqual([]);
  expect(wherein({ kind: "istio", trustDomain: "Cluster Local" })).toEqual([
    "environment dev: mesh.trustDomain is Cluster Local, but must be a domain; write for example cluster.local",
  ]);
  expect(wherein({ kind: "linkerd" })).toEqual([
    'environment dev: mesh.kind is linkerd, but must be "istio" or "none"; choose one of them',
  ]);
  expect(wherein({ kind: "none", trustDomain: "cluster.local" })).toEqual([
    "environment dev: mesh.trustDomain is no such field; take it out",
  ]);
});

test("sidecars that cannot reach istiod are a problem before they hang", () => {
  expect(problems([order()], { ...environment, mesh: meshed.mesh })).toEqual([
    'environment dev: mesh.kind is istio, but no platform edge leads to port 15012 of istiod; add to platformEdges: { name: "istiod", to: { namespace: "istio-system", podLabels: { app: "istiod" } }, ports: [{ protocol: "TCP", port: 15012 }] }',
  ]);
});
