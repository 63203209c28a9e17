import { Cpu, call, Duration, get, postgres, rest, Size, service } from "pressurevalve";
import { inventory } from "./inventory.ts";
import { notification } from "./notification.ts";
import { payment } from "./payment.ts";

/** Takes orders, reserves stock, charges the customer and tells them. */
export const order = service("order", {
  owner: "checkout",
  api: rest({
    port: 3000,
    requests: {
      "POST /orders": { idempotent: true, importance: "critical" },
      "GET /orders": { importance: "sheddable" },
      "GET /orders/{id}": {},
    },
    public: ["GET /orders", "GET /orders/{id}", "POST /orders"],
  }),
  resources: { cpu: Cpu.millis(250), memory: Size.mebibytes(256) },
  database: postgres({ size: Size.gibibytes(20), migrations: { args: ["migrate"] } }),
  calls: () => [
    call(inventory.api, { requests: ["POST /inventories"], timeout: Duration.millis(800), attempts: 2 }),
    call(payment.api, { requests: ["POST /payments"], timeout: Duration.seconds(1) }),
    call(payment.api, {
      requests: ["GET /payments/{id}"],
      timeout: Duration.millis(300),
      attempts: 2,
      degraded: { body: { state: "unknown" } },
    }),
    call(notification.api, { requests: ["POST /notifications"], timeout: Duration.millis(500) }),
  ],
  scaling: { kind: "autoscaled", max: 60, cpu: 0.7 },
  rollout: { kind: "blue-green", smokeTest: [get("/health/ready"), get("/orders")] },
});
