/**
 * A CEL condition: a route of a VirtualService leads somewhere, and is the one that says for how long and how often. What
 * a delegate, which has no hosts, leaves out is as the route that delegates to it says.
 * https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate
 */
export const leads =
  "((http.?route.hasValue() && object.?spec.?hosts.orValue([]).size() > 0) || http.?delegate.hasValue())";
