import type { IAuthorizationPolicy } from "@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy";
import type { IPeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import type { ResolvedRequest } from "../model/requests.ts";
import type { ResolvedService } from "../model/resolve.ts";
import { serviceAccount } from "./identity.ts";
import { type Manifest, manifest } from "./manifest.ts";
import { metadata } from "./metadata.ts";
import { edgeName, type Pods, type Target } from "./peers.ts";

/** What is asked at an edge. */
export type Asked = Pick<ResolvedRequest, "methods" | "path">;

/** In a mesh nobody is heard without an identity, and nobody is allowed anything unless another policy allows it. */
export function authorizationManifests(service: ResolvedService): Manifest[] {
  if (service.environment.mesh.kind === "none") return [];
  return [
    manifest<IPeerAuthentication>(
      "security.istio.io/v1",
      "PeerAuthentication",
      metadata(service, "default", "foundation"),
      // A policy that names callers means nothing to whoever speaks plain text.
      { spec: { mtls: { mode: "STRICT" } } },
    ),
    // Allows nothing, and so denies what no other one allows.
    // https://istio.io/latest/docs/concepts/security/#allow-nothing-deny-all-and-allow-all-policy
    policy(service, "default-deny", service.namespace, {}),
  ];
}

/** At the end of an edge: who may ask, by the identity that the mesh proves, and what; every request where none are named. */
export function authorization(
  owner: ResolvedService,
  from: Pods,
  to: Target,
  port: number,
  requests: readonly Asked[] | undefined,
): Manifest[] {
  const { mesh } = owner.environment;
  if (mesh.kind === "none") return [];
  return [allowed(owner, edgeName(to, "from", from), to, principals(mesh.trustDomain, from), port, requests)];
}

/** Some identities may ask something of pods. */
export function allowed(
  owner: ResolvedService,
  name: string,
  to: Target,
  principals: string[],
  port: number,
  requests: readonly Asked[] | undefined,
): Manifest {
  const [component] = to.components;
  return policy(owner, name, to.namespace, {
    selector: {
      matchLabels: { "app.kubernetes.io/name": to.service, "app.kubernetes.io/component": component },
    },
    action: "ALLOW",
    rules: [{ from: [{ source: { principals } }], to: operations(port, requests) }],
  });
}

/** Components that share a ServiceAccount are one caller. https://istio.io/latest/docs/concepts/security/#istio-identity */
function principals(trustDomain: string, { service, namespace, components }: Pods): string[] {
  const accounts = components.map((component) => serviceAccount({ name: service }, component));
  return [...new Set(accounts)].map((account) => principal(trustDomain, namespace, account));
}

/** An identity as Istio writes it. */
export function principal(trustDomain: string, namespace: string, account: string): string {
  return `${trustDomain}/ns/${namespace}/sa/${account}`;
}

/** What may be asked of a port: its methods with its path, class by class, or anything where none are named. */
function operations(port: number, requests: readonly Asked[] | undefined) {
  const ports = [String(port)];
  if (requests === undefined) return [{ operation: { ports } }];
  // To Istio an empty list is no list, and so every request.
  if (requests.length === 0) throw new Error("defect: an edge that asks nothing would be allowed everything");
  return requests.map(({ methods, path }) => ({
    operation: { ports, methods: [...methods], paths: [pathPattern(path)] },
  }));
}

/**
 * A path as Istio matches it: `/items/*` is a prefix; among `{*}`, which is one segment, all that is beneath is `{**}`.
 * https://istio.io/latest/docs/reference/config/security/authorization-policy/#Operation
 */
function pathPattern(path: string): string {
  if (!path.includes("{")) return path;
  return path.replace(/\{\w+\}/g, "{*}").replace(/\/\*$/, "/{**}");
}

type Spec = Pick<NonNullable<IAuthorizationPolicy["spec"]>, "selector" | "action" | "rules">;

/** Policies add up: one that allows nothing makes the rest of them all that is allowed. */
function policy(owner: ResolvedService, name: string, namespace: string, spec: Spec): Manifest {
  return manifest<{ spec: Spec }>(
    "security.istio.io/v1",
    "AuthorizationPolicy",
    { ...metadata(owner, name, "foundation"), namespace },
    { spec },
  );
}
