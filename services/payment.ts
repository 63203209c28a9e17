import { postgres, rest, Size, service } from "pressurevalve";

/** Charges customers, and never twice for one order. */
export const payment = service("payment", {
  owner: "checkout",
  api: rest({
    port: 3000,
    callers: ["rental"],
    requests: {
      "POST /payments": { idempotent: true, importance: "critical" },
      "GET /payments": { importance: "sheddable" },
      "GET /payments/{id}": {},
    },
  }),
  resources: { memory: Size.mebibytes(256) },
  database: postgres({ size: Size.gibibytes(20), migrations: { args: ["migrate"] } }),
  scaling: { kind: "autoscaled", max: 30 },
});
