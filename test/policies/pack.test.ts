import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Settings } from "../../policies/judgement/verdict.ts";
import type { BareRule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules/index.ts";
import { type StackSettings, settingsType } from "../../policies/stack-settings.ts";

// The engine's side of the protocol, from Pulumi's own CommonJS modules.
const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js");
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const analyzer = require("@pulumi/pulumi/proto/analyzer_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

const root = new URL("../../", import.meta.url);

let pack: ChildProcess;
let engine: { close(): void } & Record<string, (request: unknown, done: Done) => void>;
type Done = (error: Error | null, response: unknown) => void;

beforeAll(async () => {
  const launcher = fileURLToPath(new URL("node_modules/@pulumi/pulumi/cmd/run-policy-pack", root));
  pack = spawn(process.execPath, [launcher, "127.0.0.1:1", "."], {
    cwd: new URL("policies/", root),
    stdio: ["ignore", "pipe", "inherit"],
    // Not Jest's: they are for this process's modules.
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const [port] = await once(pack.stdout as NodeJS.ReadableStream, "data");
  engine = new AnalyzerClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
});

afterAll(() => {
  engine?.close();
  pack.kill();
});

// biome-ignore lint/suspicious/noExplicitAny: Pulumi's messages are untyped here
function call(method: string, request: unknown): Promise<any> {
  return new Promise((resolve, reject) =>
    engine[method]?.call(engine, request, (error, response) => (error ? reject(error) : resolve(response))),
  );
}

async function configure(...disabled: string[]) {
  const request = new analyzer.ConfigureAnalyzerRequest();
  for (const name of disabled) {
    const policy = new analyzer.PolicyConfig();
    policy.setEnforcementlevel(analyzer.EnforcementLevel.DISABLED);
    policy.setProperties(Struct.fromJavaScript({}));
    request.getPolicyconfigMap().set(name, policy);
  }
  await call("configure", request);
}

beforeEach(() => configure());

const urn = (type: string, name: string) => `urn:pulumi:production::shop::${type}::${name}`;

interface Registered {
  type: string;
  name: string;
  /** As the stack knows it in the end. */
  props: object;
  /** As the program declares it; the same unless something else has changed it. */
  declared?: object;
}

/** Without it whatever runs pods in the namespace breaks a rule. */
const closed: Registered = {
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name: "default-deny",
  props: {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "default-deny", namespace: "order" },
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
  },
};

/** Runs the pack over a stack as the engine does: each resource as it is declared, and then all together. */
async function diagnostics(those: readonly Registered[]) {
  const resources = [closed, ...those];
  const request = new analyzer.AnalyzeStackRequest();
  for (const { type, name, props, declared = props } of resources) {
    const declaration = new analyzer.AnalyzeRequest();
    declaration.setType(type);
    declaration.setName(name);
    declaration.setUrn(urn(type, name));
    declaration.setProperties(Struct.fromJavaScript(declared));
    declaration.setOptions(options());
    const { diagnosticsList } = (await call("analyze", declaration)).toObject();
    expect(diagnosticsList).toEqual([]);
  }
  for (const { type, name, props } of resources) {
    const resource = new analyzer.AnalyzerResource();
    resource.setType(type);
    resource.setName(name);
    resource.setUrn(urn(type, name));
    resource.setProperties(Struct.fromJavaScript(props));
    resource.setOptions(options());
    request.addResources(resource);
  }
  const response = await call("analyzeStack", request);
  return response.toObject().diagnosticsList as {
    policyname: string;
    message: string;
    urn: string;
    enforcementlevel: number;
  }[];
}

function options() {
  const options = new analyzer.AnalyzerResourceOptions();
  options.setCustomtimeouts(new analyzer.AnalyzerResourceOptions.CustomTimeouts());
  return options;
}

const pod = {
  type: "kubernetes:core/v1:Pod",
  name: "order",
  props: {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "order", namespace: "order" },
    spec: {
      serviceAccountName: "order",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "order",
          image: "order:1",
          resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { memory: "8Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  },
};

const { MANDATORY, ADVISORY } = analyzer.EnforcementLevel;

/** How Pulumi spells a string that it does not know yet. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const everything: Settings = { level: "mandatory", today: "" };

/** The resource by which a stack says how it is judged. */
function judgedBy({ today: _, ...settings }: Partial<Settings & StackSettings>): Registered {
  return { type: settingsType, name: "production", props: { rules: [], ...settings } };
}

/** All rules but the one that the pod of these tests breaks. */
const pinned = judgedBy({ ...everything, levels: { "image-digests": "disabled" } });

function podWith(spec: object): Registered {
  return { ...pod, props: { ...pod.props, spec: { ...pod.props.spec, ...spec } } };
}

const told = async (...resources: Registered[]) =>
  (await diagnostics(resources)).map(({ policyname, message, enforcementlevel }) => [
    policyname,
    message,
    enforcementlevel,
  ]);

test("the pack offers every rule as a policy with its severity and remedy, and every one is mandatory", async () => {
  const info = (await call("getAnalyzerInfo", new Empty())).toObject();
  const [kind, ...offered] = info.policiesList as Record<string, unknown>[];
  expect(kind).toMatchObject({ name: "kind", enforcementlevel: MANDATORY });
  expect(offered.pop()).toMatchObject({ name: "own-rules", enforcementlevel: MANDATORY });
  expect(
    offered.map(({ name, enforcementlevel, remediationSteps, url }) => ({
      name,
      enforcementlevel,
      remediationSteps,
      url,
    })),
  ).toEqual(
    rules.map(({ id, remedy, references }) => ({
      name: id,
      enforcementlevel: MANDATORY,
      remediationSteps: remedy,
      url: references[0]?.url ?? "",
    })),
  );
});

test("a violation stops the deployment and points at its resource", async () => {
  expect(await diagnostics([pod])).toMatchObject([
    {
      policyname: "image-digests",
      message: expect.stringContaining(
        "Pod order/order: container order (order:1): image names no digest; pin it as <name>@sha256:<digest>",
      ),
      enforcementlevel: MANDATORY,
      urn: urn(pod.type, pod.name),
    },
  ]);
});

test("a stack that says nothing of how it is judged is judged by all rules", async () => {
  expect(await told(podWith({ hostNetwork: true }))).toEqual([
    ["host-namespaces", expect.any(String), MANDATORY],
    ["image-digests", expect.any(String), MANDATORY],
  ]);
});

test("a rule is advice, or is passed over, where the stack's environment says so", async () => {
  const settings = judgedBy({ level: "advisory", levels: { "host-namespaces": "mandatory" } });
  expect(await told(settings, podWith({ hostNetwork: true }))).toEqual([
    ["host-namespaces", expect.any(String), MANDATORY],
    ["image-digests", expect.any(String), ADVISORY],
  ]);
  expect(await told(pinned, pod)).toEqual([]);
});

const orderly: BareRule = {
  id: "orderly",
  title: "A pod is of the order service.",
  severity: "low",
  remedy: "Name it order.",
  matchConstraints: [{ apiGroup: "", kinds: ["Pod"] }],
  validations: [
    {
      expression: `object.metadata.name == "order"`,
      messageExpression: `"the name is another; name it order"`,
    },
  ],
};

test("the shop's own rules come with the stack, and are levelled and exempted like the kit's", async () => {
  const other = {
    ...pod,
    name: "payment",
    props: { ...pod.props, metadata: { name: "payment", namespace: "order" } },
  };
  const exemption = {
    rule: orderly.id,
    object: { kind: "Pod", namespace: "order", name: "payment" },
    owner: "checkout",
    reason: "it is being mended",
    expires: "9999-12-31",
  };
  const by = (settings: Partial<Settings>) =>
    judgedBy({
      ...everything,
      rules: [orderly],
      ...settings,
      levels: { "image-digests": "disabled", ...settings.levels },
    });
  const message = "orderly: Pod order/payment: the name is another; name it order";
  expect(await told(by({}), pod, other)).toEqual([["orderly", message, MANDATORY]]);
  expect(await told(by({ levels: { orderly: "advisory" } }), pod, other)).toEqual([
    ["orderly", message, ADVISORY],
  ]);
  expect(await told(by({ exemptions: [exemption] }), pod, other)).toEqual([]);
});

test("a rule of the shop's own that is broken is told, and nothing passes by it", async () => {
  const [validation] = orderly.validations;
  const broken = {
    ...orderly,
    validations: [{ ...validation, expression: "object.metadata.name ==" }],
  } as BareRule;
  expect(await told({ ...pinned, props: { ...pinned.props, rules: [broken] } }, pod)).toEqual([
    ["orderly", expect.stringContaining("orderly: the rule is broken: "), MANDATORY],
  ]);
});

test("a violation points at its own resource where several are called alike", async () => {
  const twin = { ...podWith({ hostNetwork: true }), name: "in-another-cluster" };
  expect(await diagnostics([pinned, twin, pod])).toMatchObject([
    { policyname: "host-namespaces", urn: urn(twin.type, twin.name) },
  ]);
});

const gateways = ["networking.istio.io/v1", "gateway.networking.k8s.io/v1"].map((apiVersion) => ({
  type: `kubernetes:${apiVersion}:Gateway`,
  name: apiVersion,
  props: {
    apiVersion,
    kind: "Gateway",
    metadata: { name: "shop", namespace: "order" },
    spec: {
      listeners: [{ hostname: "*" }],
      servers: [{ hosts: ["*"] }],
    },
  },
}));
const resources = gateways.map(({ type, name }) => urn(type, name));

test("objects of two API groups that are called alike have a resource each", async () => {
  expect(await diagnostics([pinned, ...gateways])).toMatchObject(
    resources.map((one) => ({ policyname: "no-wildcard-hosts", urn: one })),
  );
});

test("an exemption of objects of two API groups that is past its day is told of both", async () => {
  const exemption = {
    rule: "no-wildcard-hosts",
    object: { kind: "Gateway", namespace: "order", name: "shop" },
    owner: "checkout",
    reason: "it is being mended",
    expires: "2026-01-31",
  };
  const settings = judgedBy({
    level: "mandatory",
    levels: { "no-wildcard-hosts": "disabled" },
    exemptions: [exemption],
  });
  expect(await diagnostics([settings, ...gateways])).toMatchObject(
    resources.map((one) => ({ message: expect.stringContaining("expired on 2026-01-31"), urn: one })),
  );
});

test("an exemption counts until its last day, and then fails by its rule, whatever the object", async () => {
  const exemption = {
    rule: "image-digests",
    object: { kind: "Pod", namespace: "order", name: "order" },
    owner: "checkout",
    reason: "it is being mended",
  };
  const with_ = (expires: string) => judgedBy({ ...everything, exemptions: [{ ...exemption, expires }] });
  expect(await told(with_("9999-12-31"), pod)).toEqual([]);
  expect(await told(with_("2026-01-31"))).toEqual([
    [
      "image-digests",
      expect.stringContaining("the exemption of Pod order/order expired on 2026-01-31; checkout mends"),
      MANDATORY,
    ],
  ]);
});

test("an exemption from what is no rule any more fails as well, when it is past its day", async () => {
  const exemption = {
    rule: "gone",
    object: { kind: "Pod", namespace: "order", name: "order" },
    owner: "checkout",
    reason: "it is being mended",
    expires: "2026-01-31",
  };
  expect(await told({ ...pinned, props: { ...pinned.props, exemptions: [exemption] } }, pod)).toEqual([
    ["gone", expect.stringContaining("gone: the exemption of Pod order/order expired"), MANDATORY],
  ]);
});

const unread =
  "kind: the stack's settings cannot be read, so that every rule is mandatory and nothing is exempted: ";

test.each<[string, object, string]>([
  ["a level that turns everything off", { level: "disabled" }, "level"],
  ["a level that there is not", { levels: { privileged: "off" } }, "levels.privileged"],
  ["a level that is not known yet", { level: unknown }, "level"],
  ["a parameter that is not known yet", { parameters: { registries: unknown } }, "parameters.registries"],
  ["no list of rules", { rules: null }, "rules"],
  ["half a rule", { rules: [{ ...orderly, matchConstraints: "all" }] }, "rules.0.matchConstraints"],
  ["a field that is none", { exempt: ["order"] }, "exempt"],
  [
    "a day that never comes",
    { exemptions: [{ rule: "a", object: {}, owner: "a", reason: "a", expires: "never" }] },
    "exemptions.0.object.kind, exemptions.0.object.namespace, exemptions.0.object.name, exemptions.0.expires",
  ],
])("a stack whose settings hold %s is told so, and judged by all rules", async (_, inputs, fields) => {
  const settings = { ...pinned, props: { ...pinned.props, level: "advisory", ...inputs } };
  expect(await told(settings, podWith({ hostNetwork: true }))).toEqual([
    [
      "kind",
      `${unread}${fields}: not what the kit writes, or known only after the deployment; leave the resource to the kit`,
      MANDATORY,
    ],
    ["host-namespaces", expect.any(String), MANDATORY],
    ["image-digests", expect.any(String), MANDATORY],
  ]);
});

test("a stack that says twice how it is judged is judged by all rules", async () => {
  expect(await told(pinned, { ...pinned, name: "again" }, pod)).toEqual([
    ["kind", `${unread}there are several resources that say so; keep one`, MANDATORY],
    ["image-digests", expect.any(String), MANDATORY],
  ]);
});

test("whoever hides the inputs of components is told how to show them", async () => {
  expect(await told({ ...pinned, props: {} }, pod)).toEqual([
    ["kind", expect.stringContaining("unset PULUMI_NODEJS_SKIP_COMPONENT_INPUTS"), MANDATORY],
    ["image-digests", expect.any(String), MANDATORY],
  ]);
});

test("parameters are the environment's", async () => {
  const settings = { ...everything, levels: { "image-digests": "disabled" as const } };
  const elsewhere = judgedBy({ ...settings, parameters: { registries: "registry.example/" } });
  expect((await told(elsewhere, pod)).map(([rule]) => rule)).toEqual(["allowed-registries"]);
});

test("Pulumi's own configuration turns a rule off, and the one that keeps what is declared as well", async () => {
  await configure("image-digests");
  expect(await told(pod)).toEqual([]);
  await configure("kind");
  expect((await told(pod)).map(([rule]) => rule)).toEqual(["image-digests"]);
});

test.each([
  ["stops the deployment where the rule is mandatory", {}, MANDATORY],
  ["is advice where the rule is", { "host-namespaces": "advisory" } as const, ADVISORY],
])("what hangs on a value that is not known yet is undecided, and %s", async (_, levels, level) => {
  const settings = judgedBy({ ...everything, levels: { "image-digests": "disabled", ...levels } });
  expect(await told(settings, podWith({ hostNetwork: unknown }))).toEqual([
    [
      "host-namespaces",
      "host-namespaces: Pod order/order: undecided: spec.hostNetwork is known only after the deployment; give a value that is known before it",
      level,
    ],
  ]);
});

test("a rule that does not hang on the value that is not known yet is decided", async () => {
  const [container] = pod.props.spec.containers;
  const spec = { hostIPC: true, containers: [{ ...container, env: [{ name: "TOKEN", value: unknown }] }] };
  expect((await told(pinned, podWith(spec))).map(([rule]) => rule)).toEqual(
    expect.not.arrayContaining(["capabilities-restricted", "run-as-non-root"]),
  );
  expect(await told(pinned, podWith(spec))).toContainEqual([
    "host-namespaces",
    expect.not.stringContaining("undecided"),
    MANDATORY,
  ]);
});

test("what an object is must be known", async () => {
  const stranger = { ...pod, props: { ...pod.props, kind: unknown } };
  expect(await told(pinned, stranger)).toEqual([
    ["kind", expect.stringContaining("has no apiVersion and kind"), MANDATORY],
  ]);
});

test.each([
  "kubernetes:core/v1:Pod",
  "kubernetes:v1:Pod",
  "kubernetes:core/v1:PodPatch",
])("what an object is, its type says where the inputs do not: %s", async (type) => {
  const {
    apiVersion: _,
    kind: _1,
    ...props
  } = podWith({ hostNetwork: true }).props as Record<string, unknown>;
  expect(await told(pinned, { ...pod, type, props })).toEqual([
    ["host-namespaces", expect.stringContaining("Pod order/order: "), MANDATORY],
  ]);
});

test("of what Pulumi does not see, the objects of a chart that the provider installs, that is said", async () => {
  const type = "kubernetes:helm.sh/v3:Release";
  const chart = { type, name: "redis", props: { chart: "redis", version: unknown, values: {} } };
  expect(await diagnostics([pinned, chart])).toMatchObject([
    {
      policyname: "kind",
      message: expect.stringContaining("Release redis: what its chart makes is judged in the cluster only"),
      enforcementlevel: ADVISORY,
      urn: urn(type, "redis"),
    },
  ]);
});

test("each analysis is of its own stack", async () => {
  expect((await told(pinned, podWith({ hostNetwork: true }))).length).toBe(1);
  expect(await told(pinned, pod)).toEqual([]);
  expect((await told(pinned, podWith({ hostPID: true }))).length).toBe(1);
});

test("what a program declares is judged, not what an autoscaler has made of it", async () => {
  const metadata = { name: "order", namespace: "order" };
  const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata };
  const running = (spec: object) => [
    {
      type: "kubernetes:apps/v1:Deployment",
      name: "order",
      props: { ...deployment, spec: { replicas: 7 }, __inputs: { ...deployment, spec: { replicas: 7 } } },
      declared: { ...deployment, spec },
    },
    {
      type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
      name: "order",
      props: {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata,
        spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "order" } },
      },
    },
  ];
  const broken = async (spec: object) =>
    (await diagnostics(running(spec))).map(({ policyname }) => policyname);
  expect(await broken({})).not.toContain("no-replicas-under-autoscaler");
  expect(await broken({ replicas: 7 })).toContain("no-replicas-under-autoscaler");
});

test("Secrets, components and what is no Kubernetes object are left alone", async () => {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "order" },
    stringData: { password: unknown },
  };
  expect(
    await diagnostics([
      { type: "kubernetes:core/v1:Secret", name: "order", props: secret },
      { type: "pressurevalve:index:Service", name: "order", props: {} },
      { type: "pulumi:providers:kubernetes", name: "cluster", props: { kubeconfig: "kind: Config" } },
    ]),
  ).toEqual([]);
});
