import { dirname, join, relative } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { type Explanation, explanationText, type Line } from "../../../../stacks/delivery/explain/index.ts";
import { explainedFields } from "./explained-fields.ts";

const shop = join(import.meta.dirname, "shop/shop.ts");
const root = join(import.meta.dirname, "../../../..");

let fields: Explanation[];

beforeAll(async () => {
  fields = await explainedFields(shop, "test", "basket");
}, 120_000);

/** As a person sees it; the kit's lines are all numbered 0, for they move with every change above them. */
function shown(object: string, path: string): string {
  const found = fields.filter(
    (one) => `${one.object.kind}/${one.object.name}` === object && one.path === path,
  );
  expect(found.map((one) => one.path)).toEqual([path]);
  const near = JSON.parse(JSON.stringify(found), (key, value) => (key === "at" ? asSeen(value) : value));
  return `\n${explanationText(near, 110)}\n`;
}

function asSeen({ file, line, text }: Line): Line {
  const isShops = file.startsWith(dirname(shop));
  return { file: relative(isShops ? dirname(shop) : root, file), line: isShops ? line : 0, text };
}

test("a field of the description", () => {
  expect(shown("Rollout/basket", 'metadata.labels["pressurevalve.dev/owner"]')).toBe(`
Rollout test-basket/basket  metadata.labels["pressurevalve.dev/owner"]: "checkout"

  description  basket.ts:18                         owner: "checkout"
  kit          constructs/kubernetes/metadata.ts:0  "pressurevalve.dev/owner": service.owner,
               The labels of every object of a service: what it belongs to, what made it, and who answers for
               it. https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
`);
});

test("a field of the callee's description", () => {
  expect(
    shown("Rollout/basket", "spec.template.spec.containers[name=basket].env[name=PRICES_URL].value"),
  ).toBe(`
Rollout test-basket/basket  spec.template.spec.containers[name=basket].env[name=PRICES_URL].value: "http://prices.test-prices.svc:4000"

  environment  environments.ts:12                namespacePrefix: "test-"
  description  constructs/model/rest.ts:0        api.kind of prices: "rest"
  description  prices.ts:6                       api.port of prices: 4000
  description  prices.ts:4                       name of prices: "prices"
  constant     constructs/model/names.ts:0       return \`\${environment.namespacePrefix}\${service}\`;
               The namespace of a service in an environment.
  constant     constructs/model/api.ts:0         url: kind.url(\`\${service}.\${namespace}.svc:\${port}\`, describ…
               An API with nothing left open, as its service and its callers see it.
  constant     constructs/model/rest.ts:0        url: (authority) => \`http://\${authority}\`,
               Plain text: in a mesh the sidecars encrypt it, and without one nothing has a certificate.
  kit          constructs/kubernetes/calls.ts:0  { name: names.url, value: url },
               Where the callees are, what they may be asked, how long to wait, and how often to try.
  kit          constructs/kubernetes/pod.ts:0    return { ...variable, ...(variable.value !== undefined && { …
               The same for a variable: its value is what was described, with every $ doubled.

  is there because of

  description  basket.ts:24                      calls[0]
               Prices are cached, so a second attempt is worth its while.
`);
});

test("a call, with the comment beside it", () => {
  expect(
    shown("Rollout/basket", "spec.template.spec.containers[name=basket].env[name=PRICES_TIMEOUT].value"),
  ).toBe(`
Rollout test-basket/basket  spec.template.spec.containers[name=basket].env[name=PRICES_TIMEOUT].value: "800ms"

  description  basket.ts:24                      calls[0].timeout: 800 ms
               Prices are cached, so a second attempt is worth its while.
  kit          constructs/kubernetes/calls.ts:0  value: \`\${Math.max(...clients.map(({ timeout }) => milliseco…
               Of several calls: none is cut off, and none is repeated that may not be.
  kit          constructs/kubernetes/pod.ts:0    return { ...variable, ...(variable.value !== undefined && { …
               The same for a variable: its value is what was described, with every $ doubled.

  is there because of

  description  basket.ts:24                      calls[0]
               Prices are cached, so a second attempt is worth its while.
`);
});

test("a value that stands in a constant of the shop", () => {
  expect(shown("Rollout/basket", "spec.template.spec.containers[name=basket].resources.limits.memory")).toBe(`
Rollout test-basket/basket  spec.template.spec.containers[name=basket].resources.limits.memory: "256Mi"

  description  basket.ts:20                    resources.memory: 256 MiB
  constant     constructs/model/units.ts:0     return \`\${mebibytes(value)}Mi\`;
               Kubernetes' own spelling of an amount of memory or storage.
  kit          constructs/kubernetes/pod.ts:0  return { requests: { cpu, memory, ...disk }, limits: { memory,…
               Requests of CPU, memory and disk, and limits of the latter two. The limit is the request, so
               that no replica takes memory or disk on which another one counts. No CPU limit: a throttled
               container is slow while the node idles.
`);
});

test("a value of the environment", () => {
  expect(shown("Rollout/basket", "spec.progressDeadlineSeconds")).toBe(`
Rollout test-basket/basket  spec.progressDeadlineSeconds: 600

  environment  environments.ts:24                   progressDeadline: 10 min
  kit          constructs/kubernetes/workload.ts:0  progressDeadlineSeconds: seconds(service.environment.prog…
               An update that stands still must fail, or nobody is told: the deployment waits for this
               verdict.
`);
});

test("an image, which stands in a file of its own", () => {
  expect(shown("Rollout/basket", "spec.template.spec.containers[name=basket].image")).toBe(`
Rollout test-basket/basket  spec.template.spec.containers[name=basket].image: "images.example/basket:7"

  environment  images.test.json:2                      images.basket: "images.example/basket:7"
  default      constructs/model/service.ts:0           image is left out
               Name of the image in \`stacks/images.<environment>.json\`: a DNS label of at most 30 characters.
               Omitted: the service's name.
  kit          constructs/kubernetes/application.ts:0  image: image.reference,
               The service's own image with its own resources, whatever it is started for: to serve, to
               migrate, to do a job.
`);
});

test("a size of the environment in place of a described one", () => {
  expect(shown("Rollout/basket", "spec.template.spec.containers[name=basket].resources.requests.cpu")).toBe(`
Rollout test-basket/basket  spec.template.spec.containers[name=basket].resources.requests.cpu: "100m"

  environment  environments.ts:28              sizing.basket.resources.cpu: 100m
               Half of what production has.
  overridden   basket.ts:20                    resources.cpu: 250m
  constant     constructs/model/units.ts:0     return \`\${millicores(value)}m\`;
               Kubernetes' own spelling of an amount of CPU.
  kit          constructs/kubernetes/pod.ts:0  return { requests: { cpu, memory, ...disk }, limits: { memory,…
               Requests of CPU, memory and disk, and limits of the latter two. The limit is the request, so
               that no replica takes memory or disk on which another one counts. No CPU limit: a throttled
               container is slow while the node idles.
`);
});

test("the default of a field that is left out", () => {
  expect(
    shown("Rollout/basket", "spec.template.spec.containers[name=basket].readinessProbe.httpGet.path"),
  ).toBe(`
Rollout test-basket/basket  spec.template.spec.containers[name=basket].readinessProbe.httpGet.path: "/health/ready"

  default      constructs/model/probes.ts:0          probes.readiness is left out: "/health/ready"
               One path a question: whoever answers all three from one would restart a replica because of its
               database. Omitted: /health/ready; of a gRPC API readiness.
  kit          constructs/kubernetes/protocols.ts:0  probe: (path) => ({ httpGet: { path, port: "http" } }),
               The port by its name, so that its number stands in one place.
`);
});

test("a default that the environment sets", () => {
  expect(shown("HorizontalPodAutoscaler/basket", "spec.minReplicas")).toBe(`
HorizontalPodAutoscaler test-basket/basket  spec.minReplicas: 2

  environment  environments.ts:21                  minimumReplicas: 2
  default      constructs/model/scaling.ts:0       scaling.min is left out
               Replicas when nothing happens. 1 to 1000, and not under the environment's minimumReplicas.
               Omitted: that minimum.
  kit          constructs/kubernetes/scaling.ts:0  minReplicas: scaling.min,
               Up at once and by doubling, down slowly: too many replicas for a while cost little, too few
               lose orders.
               https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior

  is there because of

  description  basket.ts:27                        scaling.kind: "autoscaled"
`);
});

test("a default that is calculated with", () => {
  expect(
    shown("HorizontalPodAutoscaler/basket", "spec.metrics[type=Resource].resource.target.averageUtilization"),
  ).toBe(`
HorizontalPodAutoscaler test-basket/basket  spec.metrics[type=Resource].resource.target.averageUtilization: 70

  default      constructs/model/scaling.ts:0       scaling.cpu is left out: 0.7
               Three tenths stay free for the load that comes while new replicas start. Omitted: 0.7.
  kit          constructs/kubernetes/scaling.ts:0  target: { type: "Utilization", averageUtilization: Math.ro…
               Up at once and by doubling, down slowly: too many replicas for a while cost little, too few
               lose orders.
               https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior

  is there because of

  description  basket.ts:27                        scaling.kind: "autoscaled"
`);
});

test("a constant", () => {
  expect(
    shown(
      "Rollout/basket",
      "spec.template.spec.containers[name=basket].securityContext.capabilities.drop[0]",
    ),
  ).toBe(`
Rollout test-basket/basket  spec.template.spec.containers[name=basket].securityContext.capabilities.drop[0]: "ALL"

  kit          constructs/kubernetes/pod.ts:0  capabilities: { drop: ["ALL"] },
               Even without root an image may bring file capabilities along; a service on a port above 1023
               needs none. https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
`);
});

test("a constant that is handed over", () => {
  expect(
    shown(
      "StatefulSet/basket-database",
      "spec.template.spec.containers[name=postgres].resources.requests.cpu",
    ),
  ).toBe(`
StatefulSet test-basket/basket-database  spec.template.spec.containers[name=postgres].resources.requests.cpu: "50m"

  constant     constructs/kubernetes/database.ts:0  resources: containerResources("50m", "256Mi"),
               PostgreSQL as it comes holds 128 MiB of shared buffers, and as much again for its connections.
  kit          constructs/kubernetes/pod.ts:0       return { requests: { cpu, memory, ...disk }, limits: { me…
               Requests of CPU, memory and disk, and limits of the latter two. The limit is the request, so
               that no replica takes memory or disk on which another one counts. No CPU limit: a throttled
               container is slow while the node idles.

  is there because of

  environment  environments.ts:16                   stores.postgres.kind: "statefulset"
  description  basket.ts:21                         database
`);
});

test("a sum of constants", () => {
  expect(shown("Rollout/basket", "spec.template.spec.terminationGracePeriodSeconds")).toBe(`
Rollout test-basket/basket  spec.template.spec.terminationGracePeriodSeconds: 30

  constant     constructs/model/retries.ts:0        export const longestTimeout = Duration.seconds(20);
               The longest that a request may take, and so the time that a stopping replica needs to drain.
  constant     constructs/kubernetes/workload.ts:0  const shutdown = { preStopSeconds: 5, drainSeconds: secon…
               Endpoints need a moment to forget a pod, so it serves on before it drains; no call takes longer
               than the drain, and the margin is for closing what is open. After the sum of them the kubelet
               kills what is left.
               https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
  kit          constructs/kubernetes/workload.ts:0  terminationGracePeriodSeconds: shutdown.preStopSeconds + …
               What a replica needs to stop without breaking a call, and a little more.
`);
});

test("a key that is a constant", () => {
  expect(shown("Rollout/basket", 'metadata.annotations["argocd.argoproj.io/sync-wave"]')).toBe(`
Rollout test-basket/basket  metadata.annotations["argocd.argoproj.io/sync-wave"]: "4"

  constant     constructs/kubernetes/metadata.ts:0  export const waveAnnotation = "argocd.argoproj.io/sync-wa…
               Read by Argo CD itself, and by the other ways of delivery, so that all of them keep one order.
  constant     constructs/kubernetes/metadata.ts:0  export const waves = { namespace: 0, foundation: 1, datab…
               Order in which objects are made: Argo CD's sync waves, and the order of \`pulumi up\` and of
               plain kubectl. What others need comes first, so that no pod waits for its namespace, its
               identity or its database. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
  kit          constructs/kubernetes/metadata.ts:0  annotations: { [waveAnnotation]: String(waves[wave]), ...…
               Metadata of an object in the service's namespace: a name of our own, for others refer to it,
               and its place in the order.
`);
});

test("a patch: the operation that writes the field, be it one of several or the only one", () => {
  expect(shown("Rollout/basket", "spec.minReadySeconds")).toBe(`
Rollout test-basket/basket  spec.minReadySeconds: 30

  description  basket.ts:34  patches[0].operations[0]
               baskets fill their caches first
`);
  expect(shown("Rollout/basket", "spec.revisionHistoryLimit")).toBe(`
Rollout test-basket/basket  spec.revisionHistoryLimit: 4

  description  basket.ts:35  patches[0].operations[1]
               baskets fill their caches first
`);
  expect(shown("Service/basket", "spec.internalTrafficPolicy")).toBe(`
Service test-basket/basket  spec.internalTrafficPolicy: "Local"

  description  basket.ts:42  patches[1].operations[0]
               a basket stays on its node
`);
});

test("a mounted file", () => {
  expect(shown("ConfigMap/basket-configuration-6841952e0b", 'data["sizes.json"]')).toBe(`
ConfigMap test-basket/basket-configuration-6841952e0b  data["sizes.json"]: "{}"

  description  basket.ts:26                              configuration.files["sizes.json"]: "{}"
  kit          constructs/kubernetes/configuration.ts:0  data: files.data,
               An immutable ConfigMap named by its content: old and new version of a service each keep their
               own.
`);
});

test("the name of an immutable object", () => {
  expect(shown("ConfigMap/basket-configuration-6841952e0b", "metadata.name")).toBe(`
ConfigMap test-basket/basket-configuration-6841952e0b  metadata.name: "basket-configuration-6841952e0b"

  description  basket.ts:26                         configuration.files["sizes.json"]: "{}"
  description  basket.ts:17                         name: "basket"
  constant     constructs/model/names.ts:0          return createHash("sha256").update(JSON.stringify(content…
               A short digest for names of what is immutable once made.
  constant     constructs/model/configuration.ts:0  name: \`\${name}-configuration-\${contentHash(described.file…
               Immutable things are named by their content: a change is a new object.
  kit          constructs/kubernetes/metadata.ts:0  name,
               Metadata of an object in the service's namespace: a name of our own, for others refer to it,
               and its place in the order.
`);
});
