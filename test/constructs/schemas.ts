import { AnalysisTemplate, Rollout } from "@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1";
import {
  DestinationRule,
  ServiceEntry,
  Sidecar,
  VirtualService,
} from "@kubernetes-models/istio/networking.istio.io/v1";
import { EnvoyFilter } from "@kubernetes-models/istio/networking.istio.io/v1alpha3";
import { AuthorizationPolicy, PeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1";
import { Deployment, StatefulSet } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { CronJob, Job } from "kubernetes-models/batch/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Namespace, Service, ServiceAccount } from "kubernetes-models/v1";
import type { Manifest } from "../../constructs/index.ts";

interface Model {
  readonly apiVersion: string;
  readonly kind: string;
  readonly prototype: { validate(): void };
}

const models = [
  AnalysisTemplate,
  AuthorizationPolicy,
  ConfigMap,
  CronJob,
  Deployment,
  DestinationRule,
  EnvoyFilter,
  HorizontalPodAutoscaler,
  Job,
  Namespace,
  NetworkPolicy,
  PeerAuthentication,
  PodDisruptionBudget,
  Rollout,
  Service,
  ServiceAccount,
  ServiceEntry,
  Sidecar,
  StatefulSet,
  VirtualService,
] as unknown as Model[];

const byType = new Map(models.map((model) => [`${model.apiVersion} ${model.kind}`, model]));

/** What upstream's OpenAPI schema, or the CRD's, says against a manifest: wrong and missing fields, and unknown ones. */
export function schemaRefusals(manifest: Manifest): string[] {
  const model = byType.get(`${manifest.apiVersion} ${manifest.kind}`);
  if (!model) return [`no schema for ${manifest.apiVersion} ${manifest.kind}`];
  const { watched, unread } = watch(manifest);
  try {
    model.prototype.validate.call(watched);
    return unread();
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Envoy's own configuration, of which Istio's schema says nothing. */
const freeForm = /^\/spec\/configPatches\/\d+\/patch\/value\//;

/**
 * The compiled schemas take unknown fields for good, but they look at every field that they know: what is left
 * unread, no schema knows.
 */
function watch(manifest: Manifest) {
  const visits: { value: object; path: string; read: Set<PropertyKey> }[] = [];
  const proxies = new Map<object, object>();
  const proxied = <Value>(value: Value, path: string): Value => {
    if (typeof value !== "object" || value === null) return value;
    const known = proxies.get(value);
    if (known) return known as Value;
    const read = new Set<PropertyKey>();
    const proxy = new Proxy(value, {
      get(target, key) {
        read.add(key);
        return proxied(Reflect.get(target, key), `${path}/${String(key)}`);
      },
    });
    visits.push({ value, path, read });
    proxies.set(value, proxy);
    return proxy;
  };
  const unread = () =>
    visits.flatMap(({ value, path, read }) =>
      Object.keys(value)
        .filter((key) => !read.has(key))
        .map((key) => `${path}/${key} is unknown`)
        .filter((refusal) => !freeForm.test(refusal)),
    );
  return { watched: proxied(manifest, ""), unread };
}
