/** What stands there counts in every namespace. https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-root_namespace */
export const rootNamespace = "istio-system";
