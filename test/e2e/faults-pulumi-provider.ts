// A Kubernetes provider that refuses to create what exists, as the one of 4.29 and later does without
// `upsertExistingObjects`: it starts the real one and hands every call on. Arguments: those of a provider plugin.
// REAL_PROVIDER is the program of the real one, KUBECONFIG the cluster to look at.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as grpc from "@grpc/grpc-js";
import { ApiException, KubeConfig, KubernetesObjectApi } from "@kubernetes/client-node";
import rpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";

type Call = grpc.ServerUnaryCall<Buffer, Buffer>;
type Answer = grpc.sendUnaryData<Buffer>;

const asItIs = (bytes: Buffer) => bytes;
const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
const cluster = new KubeConfig();
cluster.loadFromDefault();
const objects = KubernetesObjectApi.makeApiClient(cluster);

const real = spawn(process.env.REAL_PROVIDER ?? "", process.argv.slice(2), {
  stdio: ["ignore", "pipe", "inherit"],
});
const [realPort] = await once(createInterface(real.stdout), "line");
const upstream = new grpc.Client(`127.0.0.1:${realPort}`, grpc.credentials.createInsecure(), unlimited);

function handOn(path: string, call: Call, answer: Answer): void {
  upstream.makeUnaryRequest(path, asItIs, asItIs, call.request, call.metadata, (error, value) =>
    answer(error, value),
  );
}

async function create(path: string, call: Call, answer: Answer): Promise<void> {
  const request = messages.CreateRequest.deserializeBinary(call.request);
  const object = request.getProperties()?.toJavaScript() as unknown as Named;
  if (request.getPreview() || !(await exists(object))) return handOn(path, call, answer);
  const details = `resource "${request.getUrn()}" was not successfully created by the Kubernetes API server: ${object.kind} "${object.metadata.name}" already exists`;
  answer({ code: grpc.status.UNKNOWN, details });
}

interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

async function exists({
  apiVersion,
  kind,
  metadata: { name, namespace = "default" },
}: Named): Promise<boolean> {
  try {
    await objects.read({ apiVersion, kind, metadata: { name, namespace } });
    return true;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return false;
    throw error;
  }
}

const server = new grpc.Server(unlimited);
for (const { path, responseStream } of Object.values(rpc.ResourceProviderService)) {
  if (responseStream) continue;
  const method = { path, requestStream: false, responseStream: false, ...identity() };
  const handle = path.endsWith("/Create") ? create : handOn;
  server.addService({ method }, { method: (call: Call, answer: Answer) => void handle(path, call, answer) });
}

function identity() {
  return {
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  };
}

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
real.on("exit", (code) => process.exit(code ?? 1));
