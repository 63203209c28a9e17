import type { Rule } from "../../rule.ts";
import { everyContainer, podKinds, pods } from "../pods.ts";
import { cis, hardeningGuide } from "../references.ts";
import { isNoSecret, isSecretName, isSecretValue } from "./secretive.ts";

const value = `e.?value.orValue("")`;

/** By its name; a switch such as ALLOW_EMPTY_PASSWORD is none. */
const isNamed = `${isSecretName("e.name")} && !${isNoSecret(value)}`;

const argument =
  '(a.lowerAscii().matches("^--?[a-z0-9_.-]*(password|passwd|passphrase|api-?key|token)=[^$/]") || ' +
  `${isSecretValue("a")})`;

export const noLiteralSecrets: Rule = {
  id: "no-literal-secrets",
  title: "No secret stands in a container's environment variables, command or arguments.",
  reason: "A manifest is in Git, in the state of the deployment, and open to whoever may read pods.",
  severity: "critical",
  remedy: "Put the value into a Secret, and refer to it by valueFrom.secretKeyRef.",
  references: [
    {
      title: "Kubernetes, Good practices for Kubernetes Secrets",
      url: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    },
    cis("5.4.1", "Prefer using Secrets as files over Secrets as environment variables"),
    hardeningGuide("Secrets"),
  ],
  matchConstraints: podKinds,
  variables: [pods],
  validations: [
    everyContainer(
      `container.?env.orValue([]).all(e, !(${isNamed}))`,
      "a value stands in env under the name of a secret; take it from a Secret by valueFrom.secretKeyRef",
      `container.env.filter(e, ${isNamed}).map(e, e.name).join(", ")`,
    ),
    everyContainer(
      `container.?env.orValue([]).all(e, ${isNamed} || !${isSecretValue(value)})`,
      "a value in env has the form of a secret, such as a URL with a password; take it from a Secret by valueFrom.secretKeyRef",
      `container.env.filter(e, !(${isNamed}) && ${isSecretValue(value)}).map(e, e.name).join(", ")`,
    ),
    everyContainer(
      `(container.?command.orValue([]) + container.?args.orValue([])).all(a, !${argument})`,
      "command or args holds a secret, which whoever sees the processes of the node reads; take it from a Secret by a file or valueFrom.secretKeyRef",
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
            - { name: ALLOW_EMPTY_PASSWORD, value: "no" }
            - { name: API_TOKEN, value: /var/run/secrets/tokens/api }
            - { name: POSTGRES_PASSWORD, value: $(DATABASE_PASSWORD) }
            - { name: DATABASE_URL, value: "postgres://order:$(DATABASE_PASSWORD)@database:5432/order" }
          args: ["--tls-secret-name=order-tls", "--token-file=/var/run/token", "--password=$(DATABASE_PASSWORD)"]
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
---
# expect: container order (PG_PASS, JWT_SIGNING_KEY): a value stands in env under the name of a secret; take it from a Secret by valueFrom.secretKeyRef
# expect: container order (DATABASE_URL): a value in env has the form of a secret, such as a URL with a password; take it from a Secret by valueFrom.secretKeyRef
# expect: container report: command or args holds a secret, which whoever sees the processes of the node reads; take it from a Secret by a file or valueFrom.secretKeyRef
apiVersion: batch/v1
kind: Job
metadata: { name: report, namespace: order }
spec:
  template:
    spec:
      restartPolicy: Never
      initContainers:
        - name: order
          image: order
          env:
            - { name: PG_PASS, value: example }
            - { name: JWT_SIGNING_KEY, value: example }
            - { name: DATABASE_URL, value: "postgres://order:example@database:5432/order" }
      containers:
        - { name: report, image: order, args: [report, --db-password=example] }
`,
    ],
  },
};
