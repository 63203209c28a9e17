import { everyContainer, everyPod, podKinds, pods } from "./pods.ts";
import type { Rule, Validation } from "./rule.ts";

const restrictedVolumes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

const safeSysctls = [
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

const confinedTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/**
 * Every pod meets the Pod Security Standard "restricted" of Kubernetes 1.36, baseline included
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/). Two exemptions of the standard
 * are not made: nobody runs as root in a user namespace of their own (`hostUsers: false`), and there are no
 * Windows pods.
 */
export const restrictedPods: Rule = {
  name: "restricted-pods",
  description: "Every pod meets the Pod Security Standard restricted.",
  why: "A process that breaks out of its container then finds itself without rights on the node.",
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    ...["hostNetwork", "hostPID", "hostIPC"].map(ownNamespace),
    ...everySecurityContext(
      (at) => `${at}.?windowsOptions.?hostProcess.orValue(false) == false`,
      "windowsOptions.hostProcess is true, which runs on the node itself; remove it",
    ),
    everyContainer(
      "container.?securityContext.?privileged.orValue(false) == false",
      "securityContext.privileged is true, which lifts every boundary; remove it",
    ),
    everyContainer(
      "container.?securityContext.?allowPrivilegeEscalation.orValue(true) == false",
      "securityContext.allowPrivilegeEscalation is not false; set it to false",
    ),
    everyContainer(
      `"ALL" in container.?securityContext.?capabilities.?drop.orValue([])`,
      "securityContext.capabilities.drop lacks ALL; add it",
    ),
    everyContainer(
      `container.?securityContext.?capabilities.?add.orValue([]).all(c, c == "NET_BIND_SERVICE")`,
      "securityContext.capabilities.add may hold NET_BIND_SERVICE and nothing else; remove the rest",
      `container.securityContext.capabilities.add.join(", ")`,
    ),
    everyPod(
      "pod.spec.?securityContext.?runAsNonRoot.orValue(true) == true",
      "spec.securityContext.runAsNonRoot is false; set it to true",
    ),
    everyContainer(
      `container.?securityContext.?runAsNonRoot
        .or(pod.spec.?securityContext.?runAsNonRoot).orValue(false) == true`,
      "securityContext.runAsNonRoot is not true; set it to true here or for the pod",
    ),
    ...everySecurityContext(
      (at) => `${at}.?runAsUser.orValue(65532) != 0`,
      "runAsUser is 0, which is root; name another user",
    ),
    ...everySecurityContext(
      (at) => `${at}.?seccompProfile.?type.orValue("RuntimeDefault") in ["RuntimeDefault", "Localhost"]`,
      "seccompProfile.type is neither RuntimeDefault nor Localhost; set it to RuntimeDefault",
    ),
    everyContainer(
      "container.?securityContext.?seccompProfile.or(pod.spec.?securityContext.?seccompProfile).hasValue()",
      "securityContext.seccompProfile is missing; set its type to RuntimeDefault here or for the pod",
    ),
    ...everySecurityContext(
      (at) => `${at}.?appArmorProfile.?type.orValue("RuntimeDefault") in ["RuntimeDefault", "Localhost"]`,
      "appArmorProfile.type is neither RuntimeDefault nor Localhost; remove it",
    ),
    everyPod(
      `pod.metadata.?annotations.orValue({}).all(key,
        !key.startsWith("container.apparmor.security.beta.kubernetes.io/")
        || pod.metadata.annotations[key] in ["", "runtime/default"]
        || pod.metadata.annotations[key].startsWith("localhost/"))`,
      "an annotation container.apparmor.security.beta.kubernetes.io turns AppArmor off; remove it",
    ),
    ...everySecurityContext(
      (at) =>
        `(${at}.?seLinuxOptions.?type.orValue("") in ${list(confinedTypes)}
          && ${at}.?seLinuxOptions.?user.orValue("") == "" && ${at}.?seLinuxOptions.?role.orValue("") == "")`,
      "seLinuxOptions leaves the confined container types, or names a user or role; remove it",
    ),
    everyContainer(
      `container.?securityContext.?procMount.orValue("Default") == "Default"`,
      "securityContext.procMount shows what the runtime hides of /proc; remove it",
    ),
    everyPod(
      `pod.spec.?securityContext.?sysctls.orValue([]).all(s, s.name in ${list(safeSysctls)})`,
      "spec.securityContext.sysctls holds one that is not confined to the pod; remove it",
      `pod.spec.securityContext.sysctls.map(s, s.name).join(", ")`,
    ),
    everyPod(
      `pod.spec.?volumes.orValue([]).all(v, v.all(key, key in ${list(["name", ...restrictedVolumes])}))`,
      `a volume of a type that is none of ${restrictedVolumes.join(", ")}; use one of these`,
      `pod.spec.volumes.filter(v, !v.all(key, key in ${list(["name", ...restrictedVolumes])}))
        .map(v, "volume " + v.?name.orValue("without a name")
          + " (" + v.filter(key, key != "name").map(key, key).join(", ") + ")").join(", ")`,
    ),
    everyContainer(
      "container.?ports.orValue([]).all(p, p.?hostPort.orValue(0) == 0)",
      "ports.hostPort opens a port of the node; remove it and use a Service",
    ),
    everyContainer(
      `[container.?livenessProbe, container.?readinessProbe, container.?startupProbe,
        container.?lifecycle.?postStart, container.?lifecycle.?preStop].all(h,
          h.?httpGet.?host.orValue("") == "" && h.?tcpSocket.?host.orValue("") == "")`,
      "a probe or lifecycle hook names a host, which the node would then call; remove the host",
    ),
  ],
};

function ownNamespace(field: string): Validation {
  return everyPod(
    `pod.spec.?${field}.orValue(false) == false`,
    `spec.${field} is true, which shares the node's own; remove it`,
  );
}

/** For what a pod sets for all its containers and each container for itself. */
function everySecurityContext(condition: (at: string) => string, wrong: string): Validation[] {
  return [
    everyPod(condition("pod.spec.?securityContext"), `spec.securityContext.${wrong}`),
    everyContainer(condition("container.?securityContext"), `securityContext.${wrong}`),
  ];
}

function list(words: readonly string[]): string {
  return JSON.stringify(words);
}
