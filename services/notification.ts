import { rest, service } from "pressurevalve";

/** Tells customers what became of their order. */
export const notification = service("notification", {
  owner: "customer-care",
  api: rest({
    port: 3000,
    callers: ["checkout"],
    requests: {
      "POST /notifications": { idempotent: true },
      "GET /notifications": {},
      "GET /notifications/{id}": {},
    },
  }),
  configuration: { env: { SENDER: "hello@mountainpass.example" } },
  scaling: { kind: "autoscaled", max: 20 },
});
