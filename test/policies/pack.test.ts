import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { rules } from "../../policies/index.ts";

// The engine's side of the protocol, from Pulumi's own CommonJS modules.
const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js");
const { AnalyzerClient } = require("@pulumi/pulumi/proto/analyzer_grpc_pb.js");
const analyzer = require("@pulumi/pulumi/proto/analyzer_pb.js");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb.js");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb.js");

const root = new URL("../../", import.meta.url);
const unpinnedImagesAllowed = JSON.parse(
  readFileSync(new URL("policies/unpinned-images-allowed.json", root), "utf8"),
);

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

async function configure(config: Record<string, "disabled">) {
  const request = new analyzer.ConfigureAnalyzerRequest();
  for (const name of Object.keys(config)) {
    const policy = new analyzer.PolicyConfig();
    policy.setEnforcementlevel(analyzer.EnforcementLevel.DISABLED);
    policy.setProperties(Struct.fromJavaScript({}));
    request.getPolicyconfigMap().set(name, policy);
  }
  await call("configure", request);
}

beforeEach(() => configure({}));

const urn = (type: string, name: string) => `urn:pulumi:production::shop::${type}::${name}`;

interface Registered {
  type: string;
  name: string;
  /** As the stack knows it in the end. */
  props: object;
  /** As the program declares it; the same unless something else has changed it. */
  declared?: object;
}

/** Runs the pack over a stack as the engine does: each resource as it is declared, and then all together. */
async function diagnostics(resources: readonly Registered[]) {
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
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  },
};

test("the pack offers every rule, and every one is mandatory", async () => {
  const info = await call("getAnalyzerInfo", new Empty());
  const offered = (info.toObject().policiesList as { name: string; enforcementlevel: number }[]).map(
    ({ name, enforcementlevel }) => [name, enforcementlevel],
  );
  expect(offered).toEqual(rules.map(({ id }) => [id, analyzer.EnforcementLevel.MANDATORY]));
});

test("a violation stops the deployment and points at its resource", async () => {
  expect(await diagnostics([pod])).toMatchObject([
    {
      policyname: "image-digests",
      message: expect.stringContaining(
        "Pod order/order: container order (order:1): image names no digest; pin it as <name>@sha256:<digest>",
      ),
      enforcementlevel: analyzer.EnforcementLevel.MANDATORY,
      urn: urn(pod.type, pod.name),
    },
  ]);
});

test("where unpinned images are allowed, the configuration leaves that rule out and no other", async () => {
  await configure(unpinnedImagesAllowed);
  expect(await diagnostics([pod])).toEqual([]);
  const rootPod = { ...pod, props: { ...pod.props, spec: { ...pod.props.spec, hostNetwork: true } } };
  expect((await diagnostics([rootPod])).map(({ policyname }) => policyname)).toEqual(["host-namespaces"]);
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
  expect(await broken({})).toEqual(["disruption-budget"]);
  expect(await broken({ replicas: 7 })).toEqual(["disruption-budget", "no-replicas-under-autoscaler"]);
});

test("Secrets, components and what is no Kubernetes object are left alone", async () => {
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"; // how Pulumi spells a string it does not know yet
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
