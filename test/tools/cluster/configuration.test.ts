import { expect, test } from "@jest/globals";
import { certificateArguments } from "../../../tools/cluster/certificates.ts";
import { containerdConfig, networkConfig } from "../../../tools/cluster/containerd.ts";
import { apiServer, controllerManager, etcd, scheduler } from "../../../tools/cluster/control-plane.ts";
import { listeners, NODE_ADDRESS, runFolder } from "../../../tools/cluster/layout.ts";
import { kubeletConfig, kubeProxyConfig } from "../../../tools/cluster/node.ts";
import { pluginLinks, redirection } from "../../../tools/cluster/plugins.ts";

const components = [etcd, apiServer, controllerManager, scheduler].map((make) => make("kubernetes"));

test("nothing listens beyond loopback and the bridge", () => {
  const hosts = new Set(Object.values(listeners).map(({ host }) => host));
  expect([...hosts].sort()).toEqual([NODE_ADDRESS, "127.0.0.1"].sort());
  const addresses = components.flatMap(({ args }) => args.filter((flag) => /^--(bind|listen)-/.test(flag)));
  expect(addresses.length).toBeGreaterThan(5);
  for (const address of addresses) {
    expect(address).toMatch(/127\.0\.0\.1|10\.244\.0\.1/);
  }
});

test("node ports answer on the bridge only", () => {
  expect(kubeProxyConfig()).toMatchObject({ nodePortAddresses: ["10.244.0.0/24"] });
});

test("the kubelet answers nobody who has not proved who he is, and asks the API server what he may", () => {
  expect(kubeletConfig()).toMatchObject({
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true } },
    authorization: { mode: "Webhook" },
  });
});

test("the API server authorises by RBAC, and no client goes unauthenticated to etcd", () => {
  const [store, server] = components;
  expect(server?.args).toContain("--authorization-mode=Node,RBAC");
  expect(store?.args).toEqual(
    expect.arrayContaining(["--client-cert-auth=true", "--peer-client-cert-auth=true"]),
  );
});

test("a user's certificate cannot serve, and a server's is good for its own addresses", () => {
  const [admin, server] = [certificateArguments("admin"), certificateArguments("kube-apiserver")];
  expect(admin).toContain("extendedKeyUsage=clientAuth");
  expect(admin.join(" ")).not.toContain("subjectAltName");
  expect(server.find((argument) => argument.startsWith("subjectAltName"))).toContain(
    "IP:10.96.0.1,IP:10.244.0.1",
  );
});

test("etcd trusts an authority that signs no user", () => {
  const signer = (name: "admin" | "kube-apiserver-etcd-client") => {
    const args = certificateArguments(name);
    return args[args.indexOf("-CA") + 1]?.split("/").at(-1);
  };
  expect(signer("admin")).toBe("ca.crt");
  expect(signer("kube-apiserver-etcd-client")).toBe("etcd-ca.crt");
});

test("the network plugin does not turn the machine into a router", () => {
  expect(networkConfig()).toMatchObject({
    plugins: [{ type: "bridge", isGateway: false }, { type: "istio-cni" }],
  });
});

test("the last plugin of every pod's network is Istio's, and Istio's own pod and DNS do not wait for it", () => {
  const { plugins } = networkConfig() as { plugins: { type: string; exclude_namespaces?: string[] }[] };
  expect(plugins.at(-1)).toMatchObject({
    type: "istio-cni",
    exclude_namespaces: ["istio-system", "kube-system"],
  });
});

test("containerd finds Debian's plugins and Istio's in the one folder where it looks", () => {
  const links = pluginLinks("/debian", ["bridge", "loopback"], "/cache/istio-cni");
  const [, folder] = /bin_dir = "(.+)"/.exec(containerdConfig("pause")) ?? [];
  expect(links).toMatchObject({
    [`${folder}/bridge`]: "/debian/bridge",
    [`${folder}/loopback`]: "/debian/loopback",
    [`${folder}/istio-cni`]: "/cache/istio-cni",
  });
});

test("Istio's plugin may read what the kubelet may, and no more", () => {
  const kubeconfig = `${redirection.cni_agent_run_dir}/istio-cni-kubeconfig`;
  expect(pluginLinks("/debian", [], "/cache/istio-cni")[kubeconfig]).toMatch(/kubeconfigs\/kubelet$/);
});

test("containerd keeps its sockets, state and network namespaces in the folder that is cleared", () => {
  const config = containerdConfig("pressurevalve.local/pause:1");
  expect(config).toContain(`state = "${runFolder}/containerd"`);
  expect(config).toContain(`address = "${runFolder}/containerd.sock"`);
  expect(config).toContain("netns_mounts_under_state_dir = true");
  expect(config).toContain('sandbox_image = "pressurevalve.local/pause:1"');
});
