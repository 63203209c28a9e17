import { mkdir, writeFile } from "node:fs/promises";
import { exists } from "../cache.ts";
import { type HostTools, runTool } from "./host-tools.ts";
import { CLUSTER_DOMAIN, inCluster, KUBERNETES_SERVICE_ADDRESS, NODE_ADDRESS, NODE_NAME } from "./layout.ts";

/** A certificate, the authority that signs it, and what it is good for. */
interface Certificate {
  readonly authority: Authority;
  /** Kubernetes reads the user from the common name and the groups from the organization. */
  readonly subject: string;
  /** Addresses and names that it serves under. Omitted: it is a client's only. */
  readonly serves?: readonly string[];
}

/** etcd and the front proxy trust authorities of their own, so that no user's certificate opens them. */
const authorities = ["ca", "etcd-ca", "front-proxy-ca"] as const;
type Authority = (typeof authorities)[number];

const kubernetesNames = ["kubernetes", "kubernetes.default", "kubernetes.default.svc"];

const certificates = {
  admin: { authority: "ca", subject: "/O=system:masters/CN=kubernetes-admin" },
  "kube-apiserver": {
    authority: "ca",
    subject: "/CN=kube-apiserver",
    serves: [
      ...kubernetesNames.map((name) => `DNS:${name}`),
      `DNS:kubernetes.default.svc.${CLUSTER_DOMAIN}`,
      "DNS:localhost",
      `IP:${KUBERNETES_SERVICE_ADDRESS}`,
      `IP:${NODE_ADDRESS}`,
    ],
  },
  "kube-apiserver-kubelet-client": {
    authority: "ca",
    subject: "/O=system:masters/CN=kube-apiserver-kubelet-client",
  },
  "kube-controller-manager": {
    authority: "ca",
    subject: "/CN=system:kube-controller-manager",
    serves: ["IP:127.0.0.1"],
  },
  "kube-scheduler": { authority: "ca", subject: "/CN=system:kube-scheduler", serves: ["IP:127.0.0.1"] },
  "kube-proxy": { authority: "ca", subject: "/CN=system:kube-proxy" },
  kubelet: {
    authority: "ca",
    subject: `/O=system:nodes/CN=system:node:${NODE_NAME}`,
    serves: [`DNS:${NODE_NAME}`, `IP:${NODE_ADDRESS}`],
  },
  etcd: { authority: "etcd-ca", subject: "/CN=etcd", serves: ["IP:127.0.0.1"] },
  "kube-apiserver-etcd-client": { authority: "etcd-ca", subject: "/CN=kube-apiserver-etcd-client" },
  "front-proxy-client": { authority: "front-proxy-ca", subject: "/CN=front-proxy-client" },
} as const satisfies Record<string, Certificate>;

export type CertificateName = keyof typeof certificates;

/** The certificate's file and its key's. */
export function certificate(name: CertificateName | Authority): {
  readonly cert: string;
  readonly key: string;
} {
  return { cert: inCluster("certificates", `${name}.crt`), key: inCluster("certificates", `${name}.key`) };
}

/** The pair of keys that signs and checks the tokens of service accounts. */
export const serviceAccountKeys = {
  private: inCluster("certificates", "service-accounts.key"),
  public: inCluster("certificates", "service-accounts.pub"),
};

const curve = "ec_paramgen_curve:P-256";
const complete = inCluster("certificates", "complete");

/** Makes the cluster's certificates, once: they stay until a reset, for ten years. */
export async function ensureCertificates(tools: HostTools): Promise<void> {
  if (await exists(complete)) {
    return;
  }
  await mkdir(inCluster("certificates"), { recursive: true, mode: 0o700 });
  await Promise.all([
    ...authorities.map((name) => runTool(tools, "openssl", authorityArguments(name))),
    makeKeys(tools),
  ]);
  const names = Object.keys(certificates) as CertificateName[];
  await Promise.all(names.map((name) => runTool(tools, "openssl", certificateArguments(name))));
  await writeFile(complete, "");
}

async function makeKeys(tools: HostTools): Promise<void> {
  const { private: key, public: pub } = serviceAccountKeys;
  await runTool(tools, "openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", curve, "-out", key]);
  await runTool(tools, "openssl", ["pkey", "-in", key, "-pubout", "-out", pub]);
}

const request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", curve, "-noenc", "-days", "3650"];
/** Without a configuration of its own, openssl would add extensions that the machine's file asks for. */
const unconfigured = ["-config", "/dev/null"];

function authorityArguments(name: Authority): string[] {
  const { cert, key } = certificate(name);
  const usage = [
    "-addext",
    "basicConstraints=critical,CA:TRUE",
    "-addext",
    "keyUsage=critical,keyCertSign,cRLSign",
  ];
  return [
    ...request,
    ...unconfigured,
    "-subj",
    `/CN=pressurevalve ${name}`,
    ...usage,
    "-keyout",
    key,
    "-out",
    cert,
  ];
}

/** The openssl arguments that make one certificate. */
export function certificateArguments(name: CertificateName): string[] {
  const { authority, subject, serves }: Certificate = certificates[name];
  const { cert, key } = certificate(name);
  const signer = certificate(authority);
  const usage = serves ? "serverAuth,clientAuth" : "clientAuth";
  const extensions = [
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    `extendedKeyUsage=${usage}`,
    ...(serves ? [`subjectAltName=${serves.join(",")}`] : []),
  ];
  return [
    ...request,
    ...unconfigured,
    ...["-CA", signer.cert, "-CAkey", signer.key, "-subj", subject],
    ...extensions.flatMap((extension) => ["-addext", extension]),
    ...["-keyout", key, "-out", cert],
  ];
}
