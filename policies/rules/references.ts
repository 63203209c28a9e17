import type { Reference } from "../rule.ts";

/** A recommendation of the CIS Kubernetes Benchmark 1.10; its text is given to whoever registers. */
export function cis(number: string, title: string): Reference {
  return {
    title: `CIS Kubernetes Benchmark ${number}, ${title}`,
    url: "https://www.cisecurity.org/benchmark/kubernetes",
  };
}

/** A chapter of NSA and CISA's guide, version 1.2. */
export function hardeningGuide(chapter: string): Reference {
  return {
    title: `NSA/CISA Kubernetes Hardening Guide, ${chapter}`,
    url: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
  };
}

export const rbacGoodPractices: Reference = {
  title: "Kubernetes, Role Based Access Control Good Practices",
  url: "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
};
