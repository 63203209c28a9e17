import type { Rule } from "../../rule.ts";
import { leads } from "./routes.ts";

export const limitedRetries: Rule = {
  id: "limited-retries",
  title: "Every route says how often it tries, and tries only so often as is sound.",
  reason:
    "Retries multiply along a chain of calls just when there is no room for them. Where a route says nothing, Istio tries twice more.",
  severity: "high",
  remedy:
    "Set retries.attempts, 0 where nothing may be tried again, and a perTryTimeout with more. The parameter mostRetries is the bound, 9 when it is left out.",
  references: [
    {
      title: "Istio, Traffic Management Best Practices",
      url: "https://istio.io/latest/docs/ops/best-practices/traffic-management/",
    },
  ],
  matchConstraints: [{ apiGroup: "networking.istio.io", kinds: ["VirtualService"] }],
  variables: [{ name: "routes", expression: `object.?spec.?http.orValue([]).filter(http, ${leads})` }],
  validations: [
    {
      expression: `variables.routes.all(http, http.?retries.?attempts.hasValue())`,
      messageExpression: `"a route of spec.http does not set retries.attempts, and Istio would try twice more; set it, to 0 where nothing may be tried again"`,
    },
    {
      expression: `variables.routes.all(http, http.?retries.?attempts.orValue(0) <= int(params.?data.?mostRetries.orValue("9")))`,
      messageExpression: `"a route of spec.http tries more than "
        + params.?data.?mostRetries.orValue("9") + " times again; lower retries.attempts"`,
    },
    {
      expression: `variables.routes.all(http, http.?retries.?attempts.orValue(0) == 0 || http.retries.?perTryTimeout.hasValue())`,
      messageExpression: `"a route of spec.http sets retries.attempts without a perTryTimeout, so the first try may take all the time; set it"`,
    },
  ],
  examples: {
    pass: [
      `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: order, namespace: order }
spec:
  hosts: [payment.payment.svc.cluster.local]
  http:
    - { timeout: 1s, retries: { attempts: 2, perTryTimeout: 300ms }, route: [{ destination: { host: payment.payment.svc.cluster.local } }] }
`,
    ],
    fail: [
      `
# expect: a route of spec.http does not set retries.attempts, and Istio would try twice more; set it, to 0 where nothing may be tried again
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: order, namespace: order }
spec:
  hosts: [payment.payment.svc.cluster.local]
  http:
    - { timeout: 1s, route: [{ destination: { host: payment.payment.svc.cluster.local } }] }
`,
      `
# expect: a route of spec.http tries more than 9 times again; lower retries.attempts
# expect: a route of spec.http sets retries.attempts without a perTryTimeout, so the first try may take all the time; set it
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: order, namespace: order }
spec:
  hosts: [payment.payment.svc.cluster.local]
  http:
    - { timeout: 1s, retries: { attempts: 10 }, route: [{ destination: { host: payment.payment.svc.cluster.local } }] }
`,
    ],
  },
};
