import type { Variable } from "../../rule.ts";

/** The namespace of Istio's own objects, which hold for the whole mesh. */
const root = "istio-system";

/** `variables.meshedNamespaces`: those whose label puts their pods into the mesh. */
const meshedNamespaces: Variable = {
  name: "meshedNamespaces",
  expression: `objects.filter(o, o.kind == "Namespace" && o.apiVersion == "v1"
      && (o.metadata.?labels[?"istio-injection"].orValue("") == "enabled" || o.metadata.?labels[?"istio.io/rev"].orValue("") != ""
        || o.metadata.?labels[?"istio.io/dataplane-mode"].orValue("") == "ambient"))
    .map(o, o.metadata.name)`,
};

/** `variables.meshed`: whether pods of the namespace are in the mesh, by its label or by what lies in it. */
const meshed: Variable = {
  name: "meshed",
  expression: `object.metadata.?namespace.orValue("default") in variables.meshedNamespaces
    || neighbours.exists(o, o.apiVersion.startsWith("security.istio.io/"))`,
};

/** `variables.present`: whether an object of which `condition` is true lies in the namespace, or in that of the mesh. */
function present(condition: string): readonly Variable[] {
  return [
    {
      name: "everywhere",
      expression: `objects.exists(o, o.metadata.?namespace.orValue("") == "${root}" && ${condition})`,
    },
    { name: "present", expression: `variables.everywhere || neighbours.exists(o, ${condition})` },
  ];
}

/** `variables.meshed` and `variables.present`. */
export function presence(condition: string): readonly Variable[] {
  return [meshedNamespaces, meshed, ...present(condition)];
}
