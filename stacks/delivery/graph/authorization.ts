import type { Manifest } from "../../../constructs/index.ts";
import type { Layer, Outside } from "./layer.ts";
import { memoised } from "./memoised.ts";
import { type Found, selects, specs } from "./objects.ts";
import { anything, type Opening, portCovers, requestCovers, requestsMeet } from "./opening.ts";
import { type Pod, podsOf } from "./pods.ts";
import { rootNamespace } from "./root-namespace.ts";

interface AuthorizationPolicy {
  readonly selector?: { readonly matchLabels?: Record<string, string> };
  readonly action?: string;
  readonly rules?: readonly Rule[];
}

interface Rule {
  readonly from?: readonly { readonly source?: Source }[];
  readonly to?: readonly { readonly operation?: Operation }[];
}

interface Source {
  readonly principals?: readonly string[];
  readonly namespaces?: readonly string[];
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

/** Who the callee's proxy allows to ask what. */
export function authorization(objects: readonly Manifest[], others: readonly Pod[] = []): Layer {
  const pods = [...podsOf(objects), ...others];
  const guards = memoised((pod: Pod) => guardOf(objects, pod));
  return {
    between: (from, to) => {
      const guard = guards(to);
      if (guard === undefined) return [anything];
      const allowed = guard.allow.filter((rule) => isFrom(rule, from)).flatMap(operations);
      const denied = guard.deny.filter((rule) => isFrom(rule, from)).flatMap(operations);
      return denied.reduce(without, allowed);
    },
    outside: (pod) => {
      const guard = guards(pod);
      if (guard === undefined) return [entering("anyone", anything)];
      return guard.allow.flatMap((rule) =>
        strangers(pods, rule).flatMap((end) => operations(rule).map((opening) => entering(end, opening))),
      );
    },
  };
}

function entering(end: string, opening: Opening): Outside {
  return { way: "from", end, opening };
}

interface Guard {
  readonly allow: readonly Rule[];
  readonly deny: readonly Rule[];
}

/** Nothing where nobody must prove who they are, or no policy says what is allowed. */
function guardOf(objects: readonly Manifest[], pod: Pod): Guard | undefined {
  if (!pod.hasSidecar || pod.onHost || !isStrict(objects, pod)) return undefined;
  const policies = inForce(specs<AuthorizationPolicy>(objects, "AuthorizationPolicy"), pod);
  const rulesOf = (action: string) => {
    const those = policies.filter(({ spec }) => (spec.action ?? "ALLOW") === action);
    return those.length === 0 ? undefined : those.flatMap(({ spec }) => spec.rules ?? []);
  };
  const [allow, deny] = [rulesOf("ALLOW"), rulesOf("DENY")];
  if (allow === undefined && deny === undefined) return undefined;
  // Where policies only deny, the rest is allowed.
  return { allow: allow ?? [{}], deny: deny ?? [] };
}

/** Its own namespace's, and the whole mesh's. */
function inForce<Spec extends { readonly selector?: { readonly matchLabels?: Record<string, string> } }>(
  all: readonly Found<Spec>[],
  pod: Pod,
): Found<Spec>[] {
  return all.filter(
    ({ namespace, spec }) =>
      [pod.namespace, rootNamespace].includes(namespace) && selects(spec.selector ?? {}, pod.labels),
  );
}

/** All that count must ask for it: which of them wins is decided by more than the objects. */
function isStrict(objects: readonly Manifest[], pod: Pod): boolean {
  const own = inForce(specs<PeerAuthentication>(objects, "PeerAuthentication"), pod);
  return own.length > 0 && own.every(({ spec }) => spec.mtls?.mode === "STRICT");
}

/** The trust domain is every identity's own; what follows it says which pods. */
function isFrom({ from }: Rule, { namespace, serviceAccount }: Pod): boolean {
  const identity = `/ns/${namespace}/sa/${serviceAccount}`;
  return (
    !from?.length ||
    from.some(
      ({ source: { principals, namespaces } = {} }) =>
        (!principals?.length || principals.some((one) => principalMatches(one, identity))) &&
        (!namespaces?.length || namespaces.some((one) => textMatches(one, namespace))),
    )
  );
}

/** Whole, or with `*` at one end; what stands before `/ns/` is a trust domain. */
function principalMatches(pattern: string, identity: string): boolean {
  if (pattern.startsWith("*"))
    return identity.endsWith(pattern.slice(1)) || pattern.slice(1).endsWith(identity);
  const at = pattern.indexOf("/ns/");
  // `cluster.*`: whatever follows the beginning of a trust domain.
  return at === -1 ? pattern.endsWith("*") : textMatches(pattern.slice(at), identity);
}

/** https://istio.io/latest/docs/reference/config/security/authorization-policy/#Rule: exact, or `*` at one end. */
function textMatches(pattern: string, text: string): boolean {
  if (pattern.endsWith("*")) return text.startsWith(pattern.slice(0, -1));
  return pattern.startsWith("*") ? text.endsWith(pattern.slice(1)) : pattern === text;
}

/** Whom a rule allows besides the pods. */
function strangers(pods: readonly Pod[], { from }: Rule): string[] {
  if (!from?.length) return ["anyone"];
  return from.flatMap(({ source: { principals = [], namespaces = [] } = {} }) => {
    if (principals.length + namespaces.length === 0) return ["anyone"];
    const ends = principals.length > 0 ? principals : namespaces.map((namespace) => `*/ns/${namespace}/*`);
    return ends.filter((end) => /^\*|\*$/.test(end) || !pods.some((pod) => isFrom(only(end), pod)));
  });
}

function only(principal: string): Rule {
  return { from: [{ source: { principals: [principal] } }] };
}

function operations({ to }: Rule): Opening[] {
  if (!to?.length) return [anything];
  return to.flatMap(({ operation: { ports, methods, paths } = {} }) => {
    const requests =
      methods || paths
        ? (methods ?? ["*"]).flatMap((method) =>
            (paths ?? ["/*"]).map((path) => `${method} ${spellPath(path)}`),
          )
        : ["any"];
    return (ports ?? ["any"]).flatMap((port) => requests.map((request) => ({ port, request })));
  });
}

/** `{**}` at the end is all that is beneath, and `*` any path. */
function spellPath(path: string): string {
  if (path === "*") return "/*";
  // `/item*` takes /items and /items/ice-axe.
  if (/[^/]\*$/.test(path) && !path.endsWith("}")) return `${path}*`;
  return path.replace(/\/\{\*\*\}$/, "/*");
}

/** What a denial leaves; of what it takes only a part of, it is said which. */
function without(allowed: readonly Opening[], denied: Opening): Opening[] {
  return allowed.flatMap((one) => {
    const ports = portCovers(denied.port, one.port);
    if (!ports && !portCovers(one.port, denied.port)) return [one];
    if (!requestsMeetOf(one, denied)) return [one];
    if (ports && requestCovers(denied.request, one.request)) return [];
    const but = ports ? denied.request : `${denied.request} at ${denied.port}`;
    return [{ ...one, request: `${one.request} but ${but}` }];
  });
}

function requestsMeetOf(one: Opening, denied: Opening): boolean {
  return one.request === "any" || denied.request === "any" || requestsMeet(one.request, denied.request);
}
