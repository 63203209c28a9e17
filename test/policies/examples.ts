import { loadAll } from "js-yaml";
import type { KubernetesObject, Parameters } from "../../policies/judgement/judge.ts";
import type { Rule } from "../../policies/rule.ts";
import { rules } from "../../policies/rules/index.ts";

/** What the examples of all rules are judged by. */
export const parameters: Parameters = Object.assign({}, ...rules.map(({ examples }) => examples.parameters));

/** The objects of a stream of YAML documents. */
export function objects(stream: string): KubernetesObject[] {
  return loadAll(stream) as KubernetesObject[];
}

/** Every object of the examples of a rule. */
export function examplesOf({ examples: { pass, fail } }: Rule): KubernetesObject[] {
  return [...pass, ...fail].flatMap(objects);
}

/** Every object of the examples of all rules. */
export const examples: readonly KubernetesObject[] = rules.flatMap(examplesOf);

/** A pod that says something in every field that a rule reads, so that a change in one place is told apart. */
const pod = `
metadata: { labels: { app: order } }
spec:
  hostNetwork: false
  hostPID: false
  os: { name: linux }
  automountServiceAccountToken: false
  serviceAccountName: order
  terminationGracePeriodSeconds: 30
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    fsGroup: 1000
    seccompProfile: { type: RuntimeDefault }
    appArmorProfile: { type: RuntimeDefault }
    sysctls: [{ name: net.ipv4.tcp_rmem, value: 1 2 3 }]
  initContainers:
    - name: proxy
      image: registry.example/proxy@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
      restartPolicy: Always
      securityContext: { privileged: false }
  containers:
    - name: order
      image: order:1.0
      env: [{ name: LOG_LEVEL, value: info }]
      ports: [{ containerPort: 80, hostPort: 0 }]
      resources: { requests: { cpu: 100m, memory: 1Gi }, limits: { memory: 1Gi } }
      livenessProbe: { httpGet: { path: /live, port: 80, host: "" } }
      readinessProbe: { tcpSocket: { port: 80 } }
      lifecycle: { preStop: { sleep: { seconds: 1 } } }
      securityContext:
        privileged: false
        allowPrivilegeEscalation: false
        runAsNonRoot: true
        runAsUser: 1000
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL], add: [NET_BIND_SERVICE] }
        procMount: Default
        seccompProfile: { type: RuntimeDefault }
        appArmorProfile: { type: RuntimeDefault }
        seLinuxOptions: { type: container_t, level: s0 }
  volumes:
    - { name: tmp, emptyDir: { sizeLimit: 1Gi } }
    - { name: settings, configMap: { name: order } }
`;

/** That pod, and what makes such pods. */
export const richObjects: readonly KubernetesObject[] = [
  `apiVersion: v1
kind: Pod
${pod.replace("metadata: {", "metadata: { name: order,")}`,
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: order }
spec:
  replicas: 2
  selector: { matchLabels: { app: order } }
  template:${indented(pod, 4)}`,
  `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: order }
spec:
  replicas: 2
  selector: { matchLabels: { app: order } }
  strategy: { blueGreen: { activeService: order } }
  template:${indented(pod, 4)}`,
  `apiVersion: batch/v1
kind: CronJob
metadata: { name: order }
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:${indented(pod.replace("spec:", "spec:\n  restartPolicy: Never"), 8)}`,
].flatMap(objects);

function indented(text: string, spaces: number): string {
  return text.replaceAll("\n", `\n${" ".repeat(spaces)}`).trimEnd();
}
