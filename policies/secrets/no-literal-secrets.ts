import { everyContainer, podKinds, pods } from "../pods.ts";
import type { Rule } from "../rule.ts";

/** What a name ends in that stands for a secret, in small letters. */
const secretive = "(password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|credentials?)$";

export const noLiteralSecrets: Rule = {
  id: "no-literal-secrets",
  title: "No environment variable whose name says that it is a secret holds its value.",
  reason: "A manifest is in Git, in the state of the deployment, and open to whoever may read pods.",
  severity: "critical",
  remedy: "Put the value into a Secret, and refer to it by valueFrom.secretKeyRef.",
  references: [
    {
      title: "Kubernetes, Good practices for Kubernetes Secrets",
      url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    },
    { title: "CIS Kubernetes Benchmark, Policies", url: "https://www.cisecurity.org/benchmark/kubernetes" },
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `container.?env.orValue([]).all(e, e.?value.orValue("") == "" || !e.name.lowerAscii().matches("${secretive}"))`,
      "a value stands in env under the name of a secret; take it from a Secret by valueFrom.secretKeyRef",
      `container.env.filter(e, e.?value.orValue("") != "" && e.name.lowerAscii().matches("${secretive}"))
        .map(e, e.name).join(", ")`,
    ),
  ],
  examples: {
    pass: [
      `
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - name: order
          image: order
          env:
            - { name: DATABASE_PASSWORD, valueFrom: { secretKeyRef: { name: order-database, key: password } } }
            - { name: TOKEN_URL, value: "https://id.example/token" }
`,
    ],
    fail: [
      `
# expect: container order (DATABASE_PASSWORD): a value stands in env under the name of a secret; take it from a Secret by valueFrom.secretKeyRef
apiVersion: apps/v1
kind: Deployment
metadata: { name: order, namespace: order }
spec:
  selector: { matchLabels: { app: order } }
  template:
    metadata: { labels: { app: order } }
    spec:
      containers:
        - name: order
          image: order
          env:
            - { name: DATABASE_PASSWORD, value: example }
`,
    ],
  },
};
