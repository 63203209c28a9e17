import type { Reference } from "../../rule.ts";
import { hardeningGuide } from "../references.ts";

/** The Pod Security Standards, whose controls the rules of this folder are, of Kubernetes 1.36. */
export const standard: Reference = {
  title: "Pod Security Standards",
  url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
};

/** The chapter that says the same of pods. */
export const hardening = hardeningGuide("Kubernetes Pod security");

/** A CEL condition: the pod runs on Windows, where the API server lets no Linux field be set. */
export const onWindows = `pod.spec.?os.?name.orValue("linux") == "windows"`;

/** A CEL condition: root in this pod is nobody on the node (`hostUsers: false`). */
export const inUserNamespace = "pod.spec.?hostUsers.orValue(true) == false";
