import type { Manifest } from "../../../constructs/index.ts";
import { type Pod, selects, specs } from "./pods.ts";

interface AuthorizationPolicy {
  readonly selector?: { readonly matchLabels?: Record<string, string> };
  readonly action?: string;
  readonly rules?: readonly Rule[];
}

interface Rule {
  readonly from?: readonly { readonly source?: { readonly principals?: readonly string[] } }[];
  readonly to?: readonly { readonly operation?: Operation }[];
}

interface Operation {
  readonly ports?: readonly string[];
  readonly methods?: readonly string[];
  readonly paths?: readonly string[];
}

interface PeerAuthentication {
  readonly selector?: { readonly matchLabels?: Record<string, string> };
  readonly mtls?: { readonly mode?: string };
}

/**
 * What the proxy of a pod allows another one to ask, as `GET /items/{*}`. Where nothing makes callers prove who they are,
 * or no policy says what is allowed, that is `any`.
 */
export function authorized(objects: readonly Manifest[], from: Pod, to: Pod, port: number): string[] {
  if (!isInjected(objects, to) || !isStrict(objects, to)) return ["any"];
  const policies = specs<AuthorizationPolicy>(objects, "AuthorizationPolicy").filter(
    ({ namespace, spec }) =>
      namespace === to.namespace &&
      (spec.action ?? "ALLOW") === "ALLOW" &&
      selects(spec.selector ?? {}, to.labels),
  );
  if (policies.length === 0) return ["any"];
  const rules = policies.flatMap(({ spec }) => spec.rules ?? []);
  return [...new Set(rules.filter((rule) => isFrom(rule, from)).flatMap((rule) => asked(rule, port)))];
}

/** A pod without a sidecar answers everybody. */
function isInjected(objects: readonly Manifest[], { namespace }: Pod): boolean {
  return objects.some(
    ({ kind, metadata }) =>
      kind === "Namespace" &&
      metadata.name === namespace &&
      metadata.labels?.["istio-injection"] === "enabled",
  );
}

function isStrict(objects: readonly Manifest[], { namespace, labels }: Pod): boolean {
  const own = specs<PeerAuthentication>(objects, "PeerAuthentication").filter(
    (policy) => policy.namespace === namespace && selects(policy.spec.selector ?? {}, labels),
  );
  return own.length > 0 && own.every(({ spec }) => spec.mtls?.mode === "STRICT");
}

/** The trust domain is every identity's own; what follows it says which pods. */
function isFrom({ from }: Rule, { namespace, serviceAccount }: Pod): boolean {
  const identity = `/ns/${namespace}/sa/${serviceAccount}`;
  return (
    from === undefined ||
    from.some(
      ({ source }) =>
        source?.principals === undefined || source.principals.some((one) => one.endsWith(identity)),
    )
  );
}

function asked({ to }: Rule, port: number): string[] {
  if (to === undefined) return ["any"];
  return to.flatMap(({ operation = {} }) => {
    const { ports, methods, paths } = operation;
    if (ports !== undefined && !ports.includes(String(port))) return [];
    if (methods === undefined && paths === undefined) return ["any"];
    return (methods ?? ["*"]).flatMap((method) => (paths ?? ["/*"]).map((path) => `${method} ${path}`));
  });
}
