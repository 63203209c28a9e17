import { expect, test } from "@jest/globals";
import { serviceEntry } from "../../../constructs/kubernetes/service-entry.ts";
import { meshed, order, resolved } from "../example.ts";

test("what stands outside is known to the namespace of its service, and to no other", () => {
  const { metadata, spec } = serviceEntry(resolved(order(), meshed), "store", { hosts: ["store.example"] });
  expect([metadata.namespace, metadata.name]).toEqual(["dev-order", "store"]);
  expect(spec).toEqual({ hosts: ["store.example"], location: "MESH_EXTERNAL", exportTo: ["."] });
});
