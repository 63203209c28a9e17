export { Duration, JsonPatch, Size } from "cdk8s";
export { Cpu } from "cdk8s-plus-27";
export { ServiceChart } from "./kubernetes/chart.ts";
export type { Manifest, RenderedService, RequiredSecret } from "./kubernetes/manifest.ts";
export { render } from "./kubernetes/render.ts";
export { type Api, ApiReference } from "./model/api.ts";
export type { ServedApi } from "./model/api-kind.ts";
export { type Call, type Calls, call } from "./model/calls.ts";
export type { Configuration } from "./model/configuration.ts";
export type { ConsulEntry } from "./model/consul.ts";
export {
  type DatabaseStore,
  type ManagedStore,
  type Migrations,
  type Postgres,
  postgres,
  type StatefulSetStore,
} from "./model/database.ts";
export type { DegradedAnswer, Json } from "./model/degraded.ts";
export type {
  Environment,
  PlatformCaller,
  PlatformEdge,
  PlatformPort,
  Sizing,
} from "./model/environment.ts";
export { type External, type ExternalDescription, external } from "./model/external.ts";
export type {
  AddressesPlace,
  AddressesTls,
  DnsPlace,
  DnsTls,
  ExternalPlace,
  NoTls,
} from "./model/external-place.ts";
export type { Gateway, IstioGateway, NoGateway, PlatformPods } from "./model/gateway.ts";
export { type GraphqlApi, graphql } from "./model/graphql.ts";
export { type GrpcApi, type GrpcMethod, type GrpcMethodName, type GrpcMethods, grpc } from "./model/grpc.ts";
export type { Jobs, ScheduledJob } from "./model/jobs.ts";
export type { IstioMesh, Mesh, NoMesh } from "./model/mesh.ts";
export type { Patch } from "./model/patches.ts";
export type { Pitfall } from "./model/pitfalls/pitfall.ts";
export { describePitfall, pitfalls } from "./model/pitfalls/pitfalls.ts";
export type { Policies, PolicyExemption, PolicyObject, PolicyParameters } from "./model/policies.ts";
export type { Probes } from "./model/probes.ts";
export { describeProblem, type Problem, ProblemsError } from "./model/problem.ts";
export type { AbortFault, DelayFault, Rehearsal } from "./model/rehearsals.ts";
export type { Method, RequestClass, RequestClasses, RequestName } from "./model/requests.ts";
export { type ResolvedService, resolve } from "./model/resolve.ts";
export type { Resources } from "./model/resources.ts";
export { type RestApi, rest } from "./model/rest.ts";
export {
  type AutomaticPromotion,
  type BlueGreenRollout,
  get,
  type ManualPromotion,
  type Promotion,
  type RollingRollout,
  type Rollout,
  type SmokeRequest,
} from "./model/rollout.ts";
export type { AutoscaledScaling, FixedScaling, Scaling } from "./model/scaling.ts";
export { type Service, type ServiceDescription, service } from "./model/service.ts";
export type { Shedding } from "./model/shedding.ts";
export type { CircuitBreaker, TrafficPolicy } from "./model/traffic-policy.ts";
export type { Waiver } from "./model/waivers.ts";
