import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgeBy, type KubernetesObject } from "../../../policies/judgement/judge.ts";
import { baseline, restricted as restrictedRules } from "../../../policies/rules/pod-security/index.ts";
import { podKinds } from "../../../policies/rules/pods.ts";

interface Container {
  [field: string]: unknown;
  securityContext: Record<string, unknown>;
}

interface Template {
  metadata: { annotations: Record<string, string> };
  spec: Record<"containers" | "initContainers" | "ephemeralContainers", [Container, Container]> & {
    [field: string]: unknown;
    securityContext: Record<string, unknown>;
    volumes: object[];
  };
}

function container(name: string): Container {
  return {
    name,
    image: "order",
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
}

function restricted(): Template {
  return {
    metadata: { annotations: {} },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [container("a"), container("b")],
      initContainers: [container("c"), container("d")],
      ephemeralContainers: [container("e"), container("f")],
      volumes: [{ name: "tmp", emptyDir: {} }],
    },
  };
}

const standard = [...baseline, ...restrictedRules];

/** Every way that a kind has of holding a pod template. */
const holders: Record<string, (template: Template) => object> = {
  "v1 Pod": (template) => template,
  "v1 PodTemplate": (template) => ({ template }),
  "v1 ReplicationController": (template) => ({ spec: { template } }),
  "apps/v1 Deployment": (template) => ({ spec: { template } }),
  "apps/v1 StatefulSet": (template) => ({ spec: { template } }),
  "apps/v1 DaemonSet": (template) => ({ spec: { template } }),
  "apps/v1 ReplicaSet": (template) => ({ spec: { template } }),
  "batch/v1 Job": (template) => ({ spec: { template } }),
  "batch/v1 CronJob": (template) => ({ spec: { jobTemplate: { spec: { template } } } }),
  "argoproj.io/v1alpha1 Rollout": (template) => ({ spec: { template } }),
  "argoproj.io/v1alpha1 Experiment": (template) => ({ spec: { templates: [{ template }] } }),
  "argoproj.io/v1alpha1 AnalysisTemplate": (template) => ({ spec: { metrics: metrics(template) } }),
  "argoproj.io/v1alpha1 ClusterAnalysisTemplate": (template) => ({ spec: { metrics: metrics(template) } }),
  "argoproj.io/v1alpha1 AnalysisRun": (template) => ({ spec: { metrics: metrics(template) } }),
  "keda.sh/v1alpha1 ScaledJob": (template) => ({ spec: { jobTargetRef: { template } } }),
};

const metrics = (template: Template) => [
  { provider: { web: {} } },
  { provider: { job: { spec: { template } } } },
];

function held(holder: string, template: Template): KubernetesObject {
  const [apiVersion = "", kind = ""] = holder.split(" ");
  const { metadata, ...rest } = { metadata: {}, ...holders[holder]?.(template) };
  return { ...rest, apiVersion, kind, metadata: { ...metadata, name: "order", namespace: "order" } };
}

const unconfined = fc.constantFrom("Unconfined", "", "runtimeDefault");
const setting = (field: string, value: fc.Arbitrary<unknown>) => value.map((it) => ({ [field]: it }));

function set<T extends { [field: string]: unknown }>(field: string, value: unknown) {
  return (it: T) => void Object.assign(it, { [field]: value });
}

/** What both a pod and a container can weaken. */
const weakContext = fc.oneof(
  setting("runAsNonRoot", fc.constant(false)),
  setting("runAsUser", fc.constant(0)),
  setting("seccompProfile", fc.record({ type: unconfined })),
  setting("appArmorProfile", fc.record({ type: unconfined })),
  setting(
    "seLinuxOptions",
    fc.oneof(setting("type", fc.constant("spc_t")), setting("role", fc.constant("r"))),
  ),
  setting("windowsOptions", fc.constant({ hostProcess: true })),
);

const weakContainerContext = fc.oneof(
  weakContext,
  setting("privileged", fc.constantFrom(true, "true")),
  setting("allowPrivilegeEscalation", fc.constantFrom(true, null)),
  setting(
    "capabilities",
    fc.constantFrom(
      { drop: ["NET_RAW"] },
      { add: ["NET_BIND_SERVICE"] },
      { drop: ["ALL"], add: ["ALL"] },
      null,
    ),
  ),
  setting("procMount", fc.constant("Unmasked")),
);

const weakContainer = fc.oneof(
  weakContainerContext.map((weak) => (it: Container) => void Object.assign(it.securityContext, weak)),
  fc.constant((it: Container) => void Object.assign(it, { securityContext: null })),
  fc.integer({ min: 1, max: 65535 }).map((hostPort) => (it: Container) => {
    it.ports = [{ containerPort: 1 }, { containerPort: 2, hostPort }];
  }),
  fc
    .constantFrom("livenessProbe", "readinessProbe", "startupProbe")
    .map((probe) => set<Container>(probe, { httpGet: { host: "127.0.0.1" } })),
  fc
    .constantFrom("preStop", "postStart")
    .map((hook) => set<Container>("lifecycle", { [hook]: { tcpSocket: { host: "127.0.0.1" } } })),
);

const weakPod = fc.oneof(
  weakContext.map(
    (weak) =>
      ({ spec }: Template) =>
        void Object.assign(spec.securityContext, weak),
  ),
  fc.constantFrom("runAsNonRoot", "seccompProfile").map(
    (field) =>
      ({ spec }: Template) =>
        void delete spec.securityContext[field],
  ),
  fc.constantFrom("hostNetwork", "hostPID", "hostIPC").map(
    (field) =>
      ({ spec }: Template) =>
        set(field, true)(spec),
  ),
  fc.constantFrom("hostPath", "nfs", "awsElasticBlockStore", "flexVolume", "gitRepo", "somethingNew").map(
    (type) =>
      ({ spec }: Template) =>
        void spec.volumes.push({ name: "v", [type]: {} }),
  ),
  fc.constantFrom("kernel.sem", "net.core.somaxconn").map((name) => ({ spec }: Template) => {
    spec.securityContext.sysctls = [{ name: "net.ipv4.tcp_rmem" }, { name }];
  }),
  fc.constant(({ metadata }: Template) => {
    metadata.annotations["container.apparmor.security.beta.kubernetes.io/a"] = "unconfined";
  }),
);

const weakTemplate = fc.oneof(
  weakPod,
  fc
    .tuple(
      fc.constantFrom("containers", "initContainers", "ephemeralContainers"),
      fc.constantFrom(0, 1),
      weakContainer,
    )
    .map(
      ([list, index, weaken]) =>
        ({ spec }: Template) =>
          weaken(spec[list][index as 0 | 1]),
    ),
);

const anyHolder = fc.constantFrom(...Object.keys(holders));

test("every kind that the rule names holds a restricted pod that passes", () => {
  const named = podKinds.flatMap(({ kinds }) => kinds);
  expect(
    Object.keys(holders)
      .map((holder) => holder.split(" ")[1])
      .sort(),
  ).toEqual([...named].sort());
  for (const holder of Object.keys(holders))
    expect([holder, judgeBy(standard, [held(holder, restricted())])]).toEqual([holder, []]);
});

test("any single weakening, of any container of any kind, is caught", () => {
  fc.assert(
    fc.property(anyHolder, weakTemplate, (holder, weaken) => {
      const template = restricted();
      weaken(template);
      const messages = judgeBy(standard, [held(holder, template)]).map(({ message }) => message);
      expect(messages).not.toEqual([]);
      expect(messages.filter((message) => message.includes("cannot be evaluated"))).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});
