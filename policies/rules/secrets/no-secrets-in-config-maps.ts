import type { Rule } from "../../rule.ts";
import { hardeningGuide } from "../references.ts";
import { hasForm, isNoSecret, isSecretName, secretForms } from "./secretive.ts";

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
    hardeningGuide("Secrets"),
  ],
  matchConstraints: [{ apiGroup: "", kinds: ["ConfigMap"] }],
  // One each, for the API server bounds what one expression costs.
  variables: secretForms.map(({ name }) => ({
    name,
    expression: `object.?data.orValue({}).exists(key, ${hasForm("object.data[key]", name)})`,
  })),
  validations: [
    {
      expression: `object.?data.orValue({}).all(key, !${isSecretName("key")} || ${isNoSecret("object.data[key]")})`,
      messageExpression: `"a key of data is the name of a secret; put it into a Secret"`,
    },
    {
      expression: secretForms.map(({ name }) => `!variables.${name}`).join(" && "),
      messageExpression: `"data holds what has the form of a secret, such as a private key or a URL with a password; put it into a Secret"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: v1
kind: ConfigMap
metadata: { name: order, namespace: order }
data: { LOG_LEVEL: info, REQUIRE_PASSWORD: "true", TOKEN: /var/run/secrets/tokens/api, DATABASE_URL: "postgres://database:5432/order" }
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
# expect: data holds what has the form of a secret, such as a private key or a URL with a password; put it into a Secret
apiVersion: v1
kind: ConfigMap
metadata: { name: order, namespace: order }
data: { tls.pem: "-----BEGIN PRIVATE KEY-----" }
---
# expect: data holds what has the form of a secret, such as a private key or a URL with a password; put it into a Secret
apiVersion: v1
kind: ConfigMap
metadata: { name: order, namespace: order }
data:
  application.yaml: |
    queue: { url: "amqp://order:example@queue:5672" }
`,
    ],
  },
};
