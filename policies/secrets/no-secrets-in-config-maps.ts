import type { Rule } from "../rule.ts";

/** What a name ends in that stands for a secret, in small letters. */
const secretive = "(password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)$";

export const noSecretsInConfigMaps: Rule = {
  id: "no-secrets-in-config-maps",
  title: "No ConfigMap holds a secret.",
  reason: "Whoever may read ConfigMaps reads it, and it is not encrypted at rest.",
  severity: "critical",
  remedy: "Put it into a Secret.",
  references: [
    {
      title: "Kubernetes, Good practices for Kubernetes Secrets",
      url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    },
  ],
  matchConstraints: [{ apiGroup: "", kinds: ["ConfigMap"] }],
  validations: [
    {
      expression: `object.?data.orValue({}).all(key, !key.lowerAscii().matches("${secretive}"))`,
      messageExpression: `"a key of data is the name of a secret; put it into a Secret"`,
    },
    {
      expression: `object.?data.orValue({}).all(key, !object.data[key].contains("PRIVATE KEY-----"))`,
      messageExpression: `"data holds a private key; put it into a Secret"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: ConfigMap
metadata: { name: order, namespace: order }
data: { LOG_LEVEL: info }
`,
    ],
    fail: [
      `
# expect: a key of data is the name of a secret; put it into a Secret
apiVersion: v1
kind: ConfigMap
metadata: { name: order, namespace: order }
data: { api_key: example }
`,
      `
# expect: data holds a private key; put it into a Secret
apiVersion: v1
kind: ConfigMap
metadata: { name: order, namespace: order }
data: { tls.pem: "-----BEGIN PRIVATE KEY-----" }
`,
    ],
  },
};
