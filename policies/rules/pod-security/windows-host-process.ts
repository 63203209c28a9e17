import type { Rule } from "../../rule.ts";
import { everySecurityContext, podKinds, pods } from "../pods.ts";
import { cis } from "../references.ts";
import { standard } from "./standard.ts";

export const windowsHostProcess: Rule = {
  id: "windows-host-process",
  title: "No pod or container is a Windows host process.",
  reason: "A host process is an administrator of its node.",
  severity: "critical",
  remedy: "Remove windowsOptions.hostProcess.",
  references: [standard, cis("5.2.11", "Minimize the admission of Windows HostProcess containers")],
  matchConstraints: podKinds,
  variables: [pods],
  validations: everySecurityContext(
    (at) => `${at}.?windowsOptions.?hostProcess.orValue(false) == false`,
    "windowsOptions.hostProcess is true, which runs on the node itself; remove it",
  ),
  examples: {
    pass: [
      `
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  os: { name: windows }
  securityContext: { windowsOptions: { runAsUserName: ContainerUser } }
  containers:
    - { name: order, image: order }
`,
    ],
    fail: [
      `
# expect: spec.securityContext.windowsOptions.hostProcess is true, which runs on the node itself; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  hostNetwork: true
  securityContext: { windowsOptions: { hostProcess: true } }
  containers:
    - { name: order, image: order }
`,
      `
# expect: container order: securityContext.windowsOptions.hostProcess is true, which runs on the node itself; remove it
apiVersion: v1
kind: Pod
metadata: { name: order }
spec:
  hostNetwork: true
  containers:
    - { name: order, image: order, securityContext: { windowsOptions: { hostProcess: true } } }
`,
    ],
  },
};
