import { expect, test } from "@jest/globals";
import { environment, order, problems } from "../example.ts";

test("an environment says whether there is a mesh, and whose identities it signs", () => {
  const wherein = (mesh: unknown) => problems([order()], { ...environment, mesh } as never);
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
