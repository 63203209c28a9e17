import type { Reference } from "../rule.ts";

/** The Pod Security Standards, whose controls the rules of this folder are, of Kubernetes 1.36. */
export const standard: Reference = {
  title: "Pod Security Standards",
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
};

/** NSA and CISA's guide. */
export const hardening: Reference = {
  title: "NSA/CISA Kubernetes Hardening Guide, Kubernetes Pod security",
  url: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
};

/** A CEL condition: the pod runs on Windows, where the API server lets no Linux field be set. */
export const onWindows = `pod.spec.?os.?name.orValue("linux") == "windows"`;

/** A CEL condition: root in this pod is nobody on the node (`hostUsers: false`). */
export const inUserNamespace = "pod.spec.?hostUsers.orValue(true) == false";
