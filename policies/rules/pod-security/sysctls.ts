import type { Rule } from "../../rule.ts";
import { everyPod, podKinds, pods, text } from "../pods.ts";
import { standard } from "./standard.ts";

const safe = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

export const sysctls: Rule = {
  id: "sysctls",
  title: "No pod sets a sysctl that is not confined to the pod.",
  reason: "Such a setting changes the kernel of the node under every pod on it.",
  severity: "high",
  remedy: "Remove the sysctl, or set it on the node.",
  references: [standard],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyPod(
      `pod.spec.?securityContext.?sysctls.orValue([]).all(s, s.name in ${text(safe)})`,
      "spec.securityContext.sysctls holds what is not confined to the pod; remove it",
      `pod.spec.securityContext.sysctls.filter(s, !(s.name in ${text(safe)})).map(s, s.name).join(", ")`,
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { sysctls: [{ name: net.ipv4.tcp_rmem, value: "4096 131072 6291456" }] }
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: kernel.msgmax: spec.securityContext.sysctls holds what is not confined to the pod; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  securityContext: { sysctls: [{ name: kernel.msgmax, value: "65536" }] }
  containers:
    - { name: order, image: order }
`,
    ],
  },
};
