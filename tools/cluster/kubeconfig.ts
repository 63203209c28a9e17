import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dump } from "js-yaml";
import { type CertificateName, certificate } from "./certificates.ts";
import { apiServerUrl, CLUSTER_NAME, inCluster, kubeconfigPath } from "./layout.ts";

const users = ["kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet"] as const;

/** The kubeconfig of a component. */
export function kubeconfigOf(component: (typeof users)[number]): string {
  return inCluster("kubeconfigs", component);
}

/** Writes the administrator's kubeconfig and one for each component. */
export async function writeKubeconfigs(): Promise<void> {
  await mkdir(inCluster("kubeconfigs"), { recursive: true, mode: 0o700 });
  await Promise.all([
    writeKubeconfig(kubeconfigPath, "admin"),
    ...users.map((user) => writeKubeconfig(kubeconfigOf(user), user)),
  ]);
}

/** The credentials are inside, not beside it, so that the file can be copied. */
async function writeKubeconfig(path: string, user: CertificateName): Promise<void> {
  const [ca, cert, key] = await Promise.all(
    [certificate("ca").cert, certificate(user).cert, certificate(user).key].map((file) =>
      readFile(file, "base64"),
    ),
  );
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: CLUSTER_NAME, cluster: { server: apiServerUrl, "certificate-authority-data": ca } }],
    users: [{ name: user, user: { "client-certificate-data": cert, "client-key-data": key } }],
    contexts: [{ name: CLUSTER_NAME, context: { cluster: CLUSTER_NAME, user } }],
    "current-context": CLUSTER_NAME,
  };
  await writeFile(path, dump(config), { mode: 0o600 });
}
